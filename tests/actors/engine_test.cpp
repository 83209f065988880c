// The whole engine on its real threads: many orders from many threads, and an end that loses nothing.

#include "actors/engine.hpp"
#include "domain/webhook.hpp"
#include "storage/read_pool.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scripted_tiktok.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <future>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

struct whole_engine {
  temp_dir dir;
  system_clock time;
  uuid_v7_source ids{time};
  metrics measured;
  scripted_tiktok tiktok;
  std::unique_ptr<store> into;
  std::unique_ptr<order_reader> reader;
  std::unique_ptr<engine> running;

  explicit whole_engine(std::function<void(const std::string&)> on_failure = {}) { start(std::move(on_failure)); }

  void start(std::function<void(const std::string&)> on_failure) {
    into = std::move(open_store({.url = "sqlite:" + dir.file("orderly.db"), .data_dir = dir.path().string(), .vfs = {}}).value());
    engine_options options;
    options.engine_name = "test";
    options.shops = {{shop_id{"7494049642642441621"}, "US", "CIPHER", "TOKEN"}};
    options.rules = into->open_admin().value()->remember_policy({}).value();
    reader = std::move(make_read_pool(*into, {}, measured).value());
    options.on_failure = std::move(on_failure);
    running = std::move(start_engine(options, {*into, *reader, tiktok, time, ids, measured}).value());
  }
  void stop() {
    running->stop(10s);
    running.reset();
    reader.reset();
    into.reset();
  }

  input webhook(int order, int status) {
    static constexpr const char* words[] = {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "IN_TRANSIT", "DELIVERED"};
    const auto id = ids.next();
    const json::object body{{"type", 1},
                            {"tts_notification_id", to_string(id)},
                            {"shop_id", "7494049642642441621"},
                            {"timestamp", 1789479000 + status},
                            {"data", json::object{{"order_id", std::to_string(576461413038000000 + order)},
                                                  {"order_status", words[status]},
                                                  {"update_time", 1789479000 + status}}}};
    const auto raw = canonical_json(body);
    auto parsed = parse_webhook(raw);
    input in;
    in.id = input_id{id};
    in.delivery = id;
    in.dedupe_key = parsed.dedupe_key;
    in.order = parsed.orders.front().first;
    in.received_at = time.now();
    in.shop = parsed.shop;
    in.type = "ORDER_STATUS_CHANGE";
    in.notification_id = parsed.notification_id;
    in.raw = std::make_shared<const std::string>(raw);
    in.body = parsed.orders.front().second;
    return in;
  }
};

} // namespace

TEST_CASE("every webhook posted from several threads is answered, durable, and in its order's history") {
  constexpr int threads = 4, orders = 200, statuses = 5;
  whole_engine e;
  std::atomic<int> answered = 0, durable = 0;
  std::vector<std::thread> senders;
  for (int t = 0; t < threads; ++t)
    senders.emplace_back([&, t] {
      for (int status = 0; status < statuses; ++status)
        for (int order = t; order < orders; order += threads) {
          delivery one;
          one.inputs.push_back(e.webhook(order, status));
          e.running->port().post(std::move(one), [&](std::vector<answer> answers) {
            durable += !answers.front().refusal;
            ++answered;
          });
        }
    });
  for (auto& sender : senders)
    sender.join();
  e.stop(); // finishes what was accepted
  CHECK(answered == orders * statuses);
  CHECK(durable == orders * statuses);

  e.start({});
  for (int order = 0; order < orders; ++order) {
    std::promise<result<loaded_order>> place;
    const tiktok_order_id id{std::to_string(576461413038000000 + order)};
    e.reader->load({.order = id, .keys = {}, .with_document = false},
                   [&](result<loaded_order> found) { place.set_value(std::move(found)); });
    const auto found = place.get_future().get();
    REQUIRE(found.has_value());
    REQUIRE(found->exists);
    CHECK(found->order.facts.status->status == tiktok_status::delivered);
  }
}

TEST_CASE("an engine that cannot mend itself says so once, is not healthy from then on, and stops in order") {
  std::promise<std::string> said;
  std::atomic<int> times = 0;
  whole_engine e{[&](const std::string& why) {
    if (++times == 1)
      said.set_value(why);
  }};
  e.tiktok.throw_on_calls(1000); // each fetch ends the part that makes it
  auto failure = said.get_future();
  CHECK(e.running->healthy());
  for (int order = 0; failure.wait_for(0s) != std::future_status::ready; ++order) {
    std::promise<answer> place;
    delivery one;
    one.inputs.push_back(e.webhook(order, 0));
    e.running->port().post(std::move(one), [&](std::vector<answer> answers) { place.set_value(std::move(answers.front())); });
    auto answered = place.get_future();
    REQUIRE(answered.wait_for(60s) == std::future_status::ready);
    CHECK_FALSE(answered.get().refusal); // commits go on
  }
  CHECK_FALSE(e.running->healthy());
  CHECK(failure.get().ends_with("the last one was the outbox worker and detail fetcher: the test says so"));
  e.stop();
  CHECK(times == 1);
}
