// GET /stream: what is committed, to whoever listens, in order and once, from wherever a listener left off.

#include "tests/contract/orders.hpp"
#include "tests/http/support/admin_answers.hpp"
#include "tests/http/support/stream_reader.hpp"

#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

server_options streaming() {
  auto options = quick_options();
  options.stream.every = 2ms;
  options.stream.tick = 20ms;
  options.stream.recheck = 10ms;
  return options;
}

/// A server and a hand that commits to its store.
struct live_shop {
  explicit live_shop(const server_options& options = streaming())
      : server(options), writer(make_memory_writer(server.reader.rows)) {}

  void commit(const order_unit& unit) {
    REQUIRE(test::commit(*writer, unit) == commit_verdict::committed);
    held[unit.order.str()] = *unit.after;
  }
  void create(const std::string& order, const std::string& shop = "7495") {
    auto unit = creation(order, "w:" + std::to_string(++last_key));
    unit.after->facts.shop = shop_id{shop};
    commit(unit);
  }
  void touch(const std::string& order) { commit(next_step(held.at(order), "w:" + std::to_string(++last_key))); }
  stream_reader listen(const std::string& query = {}, const std::string& from = {}, const std::string& token = "viewer-token") {
    return stream_reader{server.http->admin_listen(), query, from, token};
  }

  running_server server;
  std::unique_ptr<store_writer> writer;
  std::map<std::string, order> held;
  int last_key = 0;
};

/// "51/1 51/2"
std::string changes(stream_reader& from, std::size_t count) {
  std::string all;
  for (; count > 0; --count) {
    const auto heard = from.next("change");
    REQUIRE(heard);
    all += (all.empty() ? "" : " ") + std::string{string_at(heard->data, "tiktok_order_id")} + "/" +
           std::to_string(heard->data.at("version").as_int64());
  }
  return all;
}

} // namespace

TEST_CASE("a listener is greeted, then hears each commit with the row that a list has") {
  live_shop shop;
  shop.create("50"); // before it listens
  auto page = shop.listen();
  REQUIRE(page.head);
  CHECK(page.head->status == 200);
  CHECK(page.head->headers.at("content-type") == "text/event-stream");
  CHECK(page.head->headers.at("cache-control") == "no-store");
  const auto hello = page.next();
  REQUIRE(hello);
  CHECK(hello->type == "hello");
  CHECK(hello->data.at("epoch").as_int64() == 0);
  CHECK(hello->data.at("lag_ms").as_int64() == 0);
  CHECK(string_at(hello->data, "pos") == hello->id);
  CHECK_FALSE(string_at(hello->data, "build").empty());
  CHECK_FALSE(string_at(hello->data, "server_time").empty());
  shop.create("51");
  const auto change = page.next("change");
  REQUIRE(change);
  CHECK(feed_position_from(change->id));
  CHECK(string_at(change->data, "tiktok_order_id") == "51");
  CHECK(string_at(change->data, "type") == "created");
  CHECK(change->data.at("version").as_int64() == 1);
  CHECK(change->data.find("detail") == change->data.end());
  const auto listed = body_of(shop.server.api("GET", "/api/v1/orders?limit=1")).at("orders").as_array().at(0);
  CHECK(change->data.at("row") == listed);
  const auto tick = page.next("tick");
  REQUIRE(tick);
  CHECK(tick->id == change->id);
}

TEST_CASE("whoever comes back with the id that it heard last gets what it missed, once and in order") {
  live_shop shop;
  auto first = shop.listen();
  REQUIRE(first.next("hello"));
  shop.create("51");
  shop.create("52");
  CHECK(changes(first, 1) == "51/1");
  const auto heard = first.next("change")->id;
  for (int i = 0; i < 700; ++i) // more than a page, while nobody of them listens
    shop.touch("51");
  shop.touch("52");
  for (const bool by_header : {true, false}) {
    auto again = by_header ? shop.listen({}, heard) : shop.listen("?last_event_id=" + heard);
    const auto hello = again.next("hello");
    REQUIRE(hello);
    CHECK(hello->id == heard);
    for (int version = 2; version <= 701; ++version)
      REQUIRE(changes(again, 1) == "51/" + std::to_string(version));
    CHECK(changes(again, 1) == "52/2");
  }
}

TEST_CASE("between what it missed and what comes now there is neither a gap nor a repeat, however busy the shop is") {
  live_shop shop;
  shop.create("51");
  auto first = shop.listen();
  const auto from = first.next("hello")->id;
  std::thread busy{[writer = shop.writer.get(), now = shop.held.at("51")]() mutable { // Catch2's macros are for one thread
    for (int i = 0; i < 2000; ++i) {
      const std::vector units{next_step(now, "w:busy" + std::to_string(i))};
      if (const auto told = writer->commit(units); told && told->front().verdict == commit_verdict::committed)
        now = *units.front().after;
      if (i % 20 == 0)
        std::this_thread::sleep_for(1ms);
    }
  }};
  std::int64_t seen = 1;
  for (auto id = from; seen < 2001;) { // comes back again and again
    auto again = shop.listen({}, id);
    for (int i = 0; i < 150 && seen < 2001; ++i) {
      const auto heard = again.next("change");
      if (!heard)
        break;
      CHECK(heard->data.at("version").as_int64() == ++seen);
      id = heard->id;
    }
  }
  busy.join();
}

TEST_CASE("a listener may hear of one order or one shop alone") {
  live_shop shop;
  shop.create("51");
  shop.create("52");
  const auto id = to_string(shop.held.at("51").id);
  auto by_id = shop.listen("?order=" + id), by_tiktok_id = shop.listen("?order=51"), by_shop = shop.listen("?shop_id=8000");
  for (auto* each : {&by_id, &by_tiktok_id, &by_shop})
    REQUIRE(each->next("hello"));
  shop.touch("52");
  shop.create("53", "8000");
  shop.touch("51");
  shop.touch("53");
  CHECK(changes(by_id, 1) == "51/2");
  CHECK(changes(by_tiktok_id, 1) == "51/2");
  CHECK(changes(by_shop, 2) == "53/1 53/2");
}

TEST_CASE("of several events of one order in a page only the last has its row") {
  live_shop shop;
  auto page = shop.listen();
  REQUIRE(page.next("hello"));
  auto unit = creation("51", "w:a");
  add_event(unit, event_type::note, {{"text", "what the buyer said"}});
  unit.after->version = 2;
  shop.commit(unit);
  const auto created = page.next("change"), noted = page.next("change");
  REQUIRE((created && noted));
  CHECK(created->data.at("row").is_null());
  CHECK(string_at(noted->data, "type") == "note");
  CHECK(noted->data.at("row").is_object());
}

TEST_CASE("a position of a history that is lost is answered: read anew") {
  live_shop shop;
  shop.create("51");
  auto page = shop.listen({}, "7.3.0198f0c2b5a37c6d8e9fa0b1c2d3e4f5.3");
  REQUIRE(page.next("hello"));
  const auto reload = page.next();
  REQUIRE(reload);
  CHECK(reload->type == "reload");
  CHECK(feed_position_from(reload->id));
  shop.touch("51");
  CHECK(changes(page, 1) == "51/2");
}

TEST_CASE("a flood that cannot be sent in time is answered: read anew, and what comes later is heard") {
  auto options = streaming();
  options.stream.page = 5;
  options.stream.longest_lag = 60ms;
  live_shop shop{options};
  auto page = shop.listen();
  REQUIRE(page.next("hello"));
  shop.create("51");
  for (int i = 0; i < 3000; ++i)
    shop.touch("51");
  std::int64_t last = 0;
  int sent = 0, reloads = 0;
  while (reloads == 0 || last != shop.held.at("51").version) {
    const auto heard = page.next();
    REQUIRE(heard);
    if (heard->type == "change") {
      REQUIRE(heard->data.at("version").as_int64() > last);
      last = heard->data.at("version").as_int64();
      ++sent;
    }
    reloads += heard->type == "reload" ? 1 : 0;
    if (reloads > 0 && heard->type == "tick" && heard->data.at("lag_ms").as_int64() == 0)
      shop.touch("51"); // of those that come after the flood one is heard
  }
  CHECK(sent < 3000);
}

TEST_CASE("what is no id of the stream, or no filter, is refused by name") {
  live_shop shop;
  const auto refused = [&](const std::string& query, const std::string& id) {
    auto page = shop.listen(query, id);
    REQUIRE(page.head);
    return page.head->status;
  };
  CHECK(refused({}, "12") == 400);
  CHECK(refused({}, "0.1.0198f0c2b5a37c6d8e9fa0b1c2d3e4f5.3.4") == 400);
  CHECK(refused("?last_event_id=", {}) == 422);
  CHECK(refused("?order=x%20y", {}) == 422);
  CHECK(refused("?shop_id=", {}) == 422);
  CHECK(refused("?state=shipped", {}) == 422);
  CHECK(shop.listen({}, {}, "no-token").head->status == 401);
}

TEST_CASE("a person has eight streams at most, and a place again when one of them ends") {
  live_shop shop;
  std::vector<std::unique_ptr<stream_reader>> open;
  const auto listen = [&](const std::string& token) {
    return std::make_unique<stream_reader>(shop.server.http->admin_listen(), "", "", token);
  };
  for (int i = 0; i < 8; ++i) {
    open.push_back(listen("viewer-token"));
    REQUIRE(open.back()->head->status == 200);
  }
  CHECK(listen("viewer-token")->head->status == 429);
  CHECK(listen("op-token")->head->status == 200);
  open.pop_back();
  auto status = 429;
  for (int tries = 0; tries < 500 && status == 429; ++tries) {
    std::this_thread::sleep_for(5ms);
    status = listen("viewer-token")->head->status;
  }
  CHECK(status == 200);
}

TEST_CASE("within two seconds of a revoked token its streams are told goodbye and end; others go on") {
  live_shop shop;
  auto gone = shop.listen(), stays = shop.listen({}, {}, "op-token");
  REQUIRE(gone.next("hello"));
  REQUIRE(stays.next("hello"));
  shop.server.access.revoke_token(secret_hash("viewer-token"), [](const result<void>&) {});
  const auto bye = gone.next("bye");
  REQUIRE(bye);
  CHECK(string_at(bye->data, "reason") == "signed_out");
  CHECK_FALSE(gone.next());
  shop.create("51");
  CHECK(changes(stays, 1) == "51/1");
}

TEST_CASE("a draining server says goodbye") {
  live_shop shop;
  auto page = shop.listen();
  REQUIRE(page.next("hello"));
  shop.server.http->drain(5s);
  const auto bye = page.next("bye");
  REQUIRE(bye);
  CHECK(string_at(bye->data, "reason") == "shutting_down");
  CHECK_FALSE(page.next());
}

TEST_CASE("while the store cannot be read the stream says how old it is, then goes on without a gap") {
  live_shop shop;
  auto page = shop.listen();
  REQUIRE(page.next("hello"));
  shop.server.reader.fail_with(error_code::storage_unavailable);
  shop.create("51");
  auto tick = page.next("tick");
  while (tick && tick->data.at("lag_ms").as_int64() < 30)
    tick = page.next("tick");
  REQUIRE(tick);
  shop.server.reader.work_again();
  CHECK(changes(page, 1) == "51/1");
}

TEST_CASE("a reader that is slow for a while gets everything once, and nobody waits for it") {
  auto options = streaming();
  options.stream.longest_lag = 10min;
  live_shop shop{options};
  auto slow = shop.listen(), quick = shop.listen();
  REQUIRE(slow.next("hello"));
  REQUIRE(quick.next("hello"));
  shop.create("51");
  constexpr int steps = 12'000; // some 10 MB: more than the sockets and the stream's buffer hold
  for (int i = 0; i < steps; ++i) {
    auto unit = next_step(shop.held.at("51"), "w:" + std::to_string(++shop.last_key));
    unit.after->facts.shop = shop_id{std::string(600, 's')};
    shop.commit(unit);
    if (i % 50 == 0)
      std::this_thread::sleep_for(1ms);
  }
  for (auto* each : {&quick, &slow})
    for (int version = 1; version <= steps + 1; ++version)
      REQUIRE(changes(*each, 1) == "51/" + std::to_string(version));
}
