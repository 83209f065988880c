#include "tests/support/engine_fixture.hpp"

#include "actors/store/change_watcher.hpp"
#include "base/digest.hpp"
#include "domain/order/wire.hpp"
#include "domain/tiktok/webhook.hpp"
#include "domain/tiktok/webhook_topic.hpp"
#include "tests/support/catch.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <iostream>

namespace orderly::test {
namespace {

constexpr int messages_a_turn = 50; // as in the product

} // namespace

engine_fixture::engine_fixture(std::uint64_t seed, engine_options given)
    : settings(std::move(given)), random_(seed), shuffled_(seed != 0) {
  if (shuffled_)
    std::cout << "interleaving seed " << seed << std::endl;
  auto opened = open_store({.url = "sqlite:" + dir.file("orderly.db"), .data_dir = dir.path().string(), .vfs = {}});
  REQUIRE(opened.has_value());
  real = std::move(*opened);
  faults = std::make_unique<fault_store>(*real);
  auto admin = real->open_admin();
  REQUIRE(admin.has_value());
  rules = (*admin)->remember_policy(rules).value();
  const shop ours{shop_id{shop_name}, "US", "CIPHER", "TOKEN"};
  REQUIRE(real->open_writer().value()->upsert_shops({&ours, 1}).has_value());
  reader = std::make_unique<direct_reads>(std::move(real->open_reader().value()));
  start();
}

engine_fixture::~engine_fixture() { stop(); }

void engine_fixture::start() {
  auto options = settings;
  options.rules = rules;
  options.engine_name = "test";
  const engine_parts parts{*faults, *reader, tiktok, shops, time, ids, measured};
  auto feed = faults->open_changes();
  REQUIRE(feed.has_value());
  now = std::make_unique<running>(options, parts, std::move(*feed));
  now->supervisor = now->whole.start(now->system, [this](const std::string& why) { failures.push_back(why); });
  drain();
}

void engine_fixture::stop() {
  each_step = nullptr;
  reader->drop_loads();
  tiktok.fetches.clear();
  tiktok.ships.clear();
  now->orders.close();
  tell_from_outside(now->supervisor, atom::stop::value, std::chrono::milliseconds{0});
  drain();
  now->supervisor = nullptr;
  now->whole.close();
  now.reset();
}

void engine_fixture::restart() {
  stop();
  // A new process: the lock is taken again and the leases of the dead one are void.
  reader.reset();
  const auto plan = faults->plan;
  faults.reset();
  real.reset();
  real = std::move(open_store({.url = "sqlite:" + dir.file("orderly.db"), .data_dir = dir.path().string(), .vfs = {}}).value());
  faults = std::make_unique<fault_store>(*real, plan);
  reader = std::make_unique<direct_reads>(std::move(real->open_reader().value()));
  start();
}

bool engine_fixture::step() {
  auto& jobs = now->scheduler.jobs;
  if (jobs.empty())
    return false;
  if (shuffled_) {
    const auto at = static_cast<std::ptrdiff_t>(random_() % jobs.size());
    std::rotate(jobs.begin(), jobs.begin() + at, jobs.begin() + at + 1);
  }
  auto* const ran = jobs.front();
  const auto* actor = dynamic_cast<caf::scheduled_actor*>(ran);
  reader->caller = actor ? actor->name() : "";
  now->scheduler.run_once();
  const bool goes_on = !jobs.empty() && jobs.front() == ran; // the coordinator lets it until its mailbox is empty
  in_a_row_ = goes_on ? in_a_row_ + 1 : 0;
  if (in_a_row_ >= messages_a_turn) {
    std::rotate(jobs.begin(), jobs.begin() + 1, jobs.end());
    in_a_row_ = 0;
  }
  if (each_step)
    each_step();
  return true;
}

void engine_fixture::drain() {
  while (step()) {
  }
}

void engine_fixture::advance(std::chrono::milliseconds by) {
  time.advance(by);
  now->scheduler.advance_time(by);
  drain();
}

std::shared_ptr<std::optional<answer>> engine_fixture::post(input in) {
  auto place = std::make_shared<std::optional<answer>>();
  delivery one;
  one.inputs.push_back(std::move(in));
  now->orders.post(std::move(one), [place](std::vector<answer> answers) { *place = std::move(answers.front()); });
  return place;
}

answer engine_fixture::ask(input in) {
  const auto place = post(std::move(in));
  drain();
  REQUIRE(place->has_value());
  return **place;
}

input engine_fixture::webhook(const std::string& order, const std::string& status, std::int64_t update_time) {
  const json::object data{
      {"order_id", order}, {"order_status", status}, {"is_on_hold_order", true}, {"update_time", update_time}};
  const auto id = ids.next();
  const json::object body{{"type", 1},
                          {"tts_notification_id", to_string(id)},
                          {"shop_id", shop_name},
                          {"timestamp", update_time + 1},
                          {"data", data}};
  const auto raw = canonical_json(body);
  auto parsed = parse_webhook(raw);
  REQUIRE(parsed.kind == webhook_kind::for_orders);
  input in;
  in.id = input_id{id};
  in.delivery = id;
  in.dedupe_key = parsed.dedupe_key;
  in.order = parsed.orders.front().first;
  in.received_at = time.now();
  in.source = input_source::webhook;
  in.shop = parsed.shop;
  in.type = topic_name(parsed.topic);
  in.notification_id = parsed.notification_id;
  in.raw = std::make_shared<const std::string>(raw);
  in.body = body_of(std::move(parsed.orders.front().second));
  return in;
}

input engine_fixture::command(const std::string& order, input_body body, const std::string& key) {
  input in;
  in.id = input_id{ids.next()};
  in.delivery = in.id.value;
  in.dedupe_key = "c:ann:" + (key.empty() ? to_string(in.id) : key);
  in.order = tiktok_order_id{order};
  in.received_at = time.now();
  in.source = input_source::api;
  in.actor = "ann";
  in.type = type_of(body);
  in.raw = std::make_shared<const std::string>(raw_of(body));
  in.body = std::move(body);
  return in;
}

json::object engine_fixture::detail(const std::string& order, const std::string& status, std::int64_t update_time) const {
  const bool clear = status != "UNPAID" && status != "ON_HOLD";
  json::object address;
  if (clear)
    address = {{"name", "Alex Example"}, {"address_line1", "100 Example Ave"}, {"region_code", "US"}};
  json::object line{
      {"id", order + "1"}, {"sku_id", "1729386416015578024"}, {"seller_sku", "CAP-BLK"}, {"display_status", status}};
  return {{"id", order},
          {"status", status},
          {"is_on_hold_order", true},
          {"create_time", 1789478990},
          {"paid_time", 1789479000},
          {"update_time", update_time},
          {"fulfillment_type", "FULFILLMENT_BY_SELLER"},
          {"shipping_type", "SELLER"},
          {"rts_sla_time", 1789651800},
          {"recipient_address", address},
          {"line_items", json::array{line}}};
}

void engine_fixture::answer_fetch(std::vector<json::object> orders) {
  REQUIRE(!tiktok.fetches.empty());
  time.advance(std::chrono::milliseconds{1}); // a request leaves after the hint that caused it
  detail_reply reply;
  reply.orders = std::move(orders);
  reply.requested_at = time.now();
  tiktok.next_fetch().answer(std::move(reply));
  drain();
}

registry_actor engine_fixture::shard_of_order(const std::string& order) {
  return now->whole.shards[shard_of(tiktok_order_id{order}, now->whole.shards.size())]->get();
}

void engine_fixture::changed(const std::string& order, std::int64_t version) {
  tell_from_outside(shard_of_order(order), atom::changed::value, std::vector<changed_order>{{tiktok_order_id{order}, version}});
}

result<restarted> engine_fixture::restart_order(const std::string& order) {
  std::optional<result<restarted>> said;
  now->orders.restart(tiktok_order_id{order}, [&](const result<restarted>& done) { said = done; });
  drain();
  REQUIRE(said.has_value());
  return *said;
}

result<redrive_report> engine_fixture::redrive(dead_letter_cause cause) {
  std::optional<result<redrive_report>> said;
  now->orders.redrive({.cause = cause, .limit = 100}, [&](const result<redrive_report>& done) { said = done; });
  drain();
  REQUIRE(said.has_value());
  return *said;
}

std::vector<std::string> engine_fixture::pending() {
  return rows_of("select dedupe_key from inputs where outcome = 'pending' order by received_at, id");
}

std::vector<dead_letter_view> engine_fixture::dead_letters() { return reader->queries().dead_letters({}).value().letters; }

std::int64_t engine_fixture::deliveries(const std::string& order) {
  return std::stoll(sql("select deliveries from inputs where order_ref = '" + order + "' order by received_at desc, id desc"));
}

std::string engine_fixture::sql(const std::string& statement) {
  const auto rows = rows_of(statement);
  return rows.empty() ? "" : rows.front();
}

std::vector<std::string> engine_fixture::rows_of(const std::string& statement) {
  sqlite3* over = nullptr;
  REQUIRE(sqlite3_open(dir.file("orderly.db").c_str(), &over) == SQLITE_OK);
  std::vector<std::string> rows;
  const auto take = [](void* into, int, char** columns, char**) {
    static_cast<std::vector<std::string>*>(into)->emplace_back(columns[0] ? columns[0] : "");
    return 0;
  };
  REQUIRE(sqlite3_exec(over, statement.c_str(), take, &rows, nullptr) == SQLITE_OK);
  sqlite3_close(over);
  return rows;
}

loaded_order engine_fixture::stored(const std::string& order) {
  return load_one(reader->queries(), {.order = tiktok_order_id{order}, .keys = {}, .with_document = true}).value();
}

std::vector<event> engine_fixture::history(const std::string& order) {
  std::vector<event> events;
  const auto page = reader->queries().timeline(tiktok_order_id{order}, 200, "");
  REQUIRE(page.has_value());
  for (const auto& entry : page->entries)
    if (entry.happened)
      events.push_back(*entry.happened);
  std::sort(events.begin(), events.end(), [](const event& a, const event& b) { return a.seq < b.seq; });
  return events;
}

} // namespace orderly::test
