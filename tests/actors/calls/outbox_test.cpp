// Promises: rows that are kept, once, also across a crash at the worst moment.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

const std::string id = "576461413038785752";
constexpr std::int64_t t0 = 1789479000;

/// An order in `processing`, its detail held, nothing promised.
void bring_to_processing(engine_fixture& f, const std::string& order = id) {
  f.ask(f.webhook(order, "AWAITING_SHIPMENT", t0));
  f.answer_fetch({f.detail(order, "AWAITING_SHIPMENT", t0)});
  REQUIRE(f.stored(order).order.state == order_state::processing);
}

input ship(engine_fixture& f, const std::string& order = id) {
  move_order move;
  move.to = order_state::shipped;
  move.tracking_number = "1Z999AA10123456784";
  move.shipping_provider_id = "7117858858072016686";
  return f.command(order, move);
}

json::object shipped_detail(const engine_fixture& f, const std::string& tracking) {
  auto order = f.detail(id, "AWAITING_COLLECTION", t0 + 100);
  order["rts_time"] = t0 + 100;
  auto& line = order["line_items"].as_array().front().as_object();
  line["tracking_number"] = tracking;
  line["package_id"] = "1153132168123859123";
  return order;
}

void accept(engine_fixture& f) {
  shipment_reply reply;
  reply.package = package_id{"1153132168123859123"};
  f.tiktok.next_ship().answer(reply);
  f.drain();
}

} // namespace

TEST_CASE("a new order's detail is fetched, held and decides its state") {
  engine_fixture f;
  f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0));
  REQUIRE(f.tiktok.fetches.size() == 1);
  CHECK(f.tiktok.fetches.front().ids == std::vector{tiktok_order_id{id}});
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
  const auto stored = f.stored(id);
  CHECK(stored.order.state == order_state::processing);
  CHECK(string_at(*stored.document, "id") == id);
  f.advance(5s);
  CHECK(f.tiktok.fetches.empty());
}

TEST_CASE("fetches of one shop share calls of at most fifty ids") {
  engine_fixture f;
  for (int i = 0; i < 120; ++i)
    f.post(f.webhook("57646141303878" + std::to_string(5000 + i), "UNPAID", t0));
  f.drain();
  std::size_t ids = 0;
  int calls = 0;
  while (!f.tiktok.fetches.empty()) {
    auto call = f.tiktok.next_fetch();
    CHECK(call.ids.size() <= 50);
    ids += call.ids.size();
    ++calls;
    detail_reply reply;
    for (const auto& order : call.ids)
      reply.orders.push_back(f.detail(order.str(), "UNPAID", t0));
    f.time.advance(1ms);
    reply.requested_at = f.time.now();
    call.answer(std::move(reply));
    f.drain();
  }
  CHECK(ids == 120);
  CHECK(calls < 20);
}

TEST_CASE("an order that TikTok refuses takes no other order of its call along") {
  engine_fixture f;
  const std::string foreign = "576461413038785999";
  f.post(f.webhook(id, "AWAITING_SHIPMENT", t0)); // alone in the first call; the others gather
  f.drain();
  std::vector<std::string> others{foreign, "576461413038785001", "576461413038785002"};
  f.post(f.webhook("576461413038785000", "UNPAID", t0)); // in the second call that is under way
  f.drain();
  for (const auto& other : others)
    f.post(f.webhook(other, "AWAITING_SHIPMENT", t0));
  f.drain();
  bool refused_together = false;
  while (!f.tiktok.fetches.empty()) {
    auto call = f.tiktok.next_fetch();
    detail_reply reply;
    f.time.advance(1ms);
    reply.requested_at = f.time.now();
    if (std::count(call.ids.begin(), call.ids.end(), tiktok_order_id{foreign}) > 0) {
      refused_together |= call.ids.size() > 1;
      reply.outcome = {call_class::final_refusal, 200, 21008111, "order of another seller", "", 0s};
    } else {
      for (const auto& order : call.ids)
        reply.orders.push_back(f.detail(order.str(), "AWAITING_SHIPMENT", t0));
    }
    call.answer(std::move(reply));
    f.drain();
  }
  CHECK(refused_together);
  CHECK(f.stored(foreign).order.facts.attention.contains("detail_failed"));
  for (const auto& other : {others[1], others[2]})
    CHECK(f.stored(other).order.state == order_state::processing);
}

TEST_CASE("a detail that lags behind its webhook is used and fetched again after 1, 5, 30 and 120 seconds") {
  engine_fixture f;
  f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0));
  for (const auto wait : {1s, 5s, 30s, 120s}) {
    f.answer_fetch({f.detail(id, "UNPAID", t0 - 10)});
    CHECK(f.stored(id).order.state == order_state::received);
    f.advance(wait - 1s);
    CHECK(f.tiktok.fetches.empty());
    f.advance(1100ms);
    REQUIRE(f.tiktok.fetches.size() == 1);
  }
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
  CHECK(f.stored(id).order.state == order_state::processing);
}

TEST_CASE("a fetch that fails is tried again, and a shop that is not connected raises attention") {
  engine_fixture f;
  SECTION("TikTok is overloaded") {
    f.ask(f.webhook(id, "UNPAID", t0));
    detail_reply overloaded;
    overloaded.outcome = {call_class::back_off, 503, 0, "overload", "", 0s};
    f.tiktok.next_fetch().answer(overloaded);
    f.drain();
    f.advance(1100ms);
    CHECK(f.tiktok.fetches.size() == 1);
  }
  SECTION("a proxy or a wrong setting refuses every call for a while") {
    f.ask(f.webhook(id, "UNPAID", t0));
    detail_reply refused;
    refused.outcome = {call_class::our_fault, 404, 0, "", "", 0s};
    f.tiktok.next_fetch().answer(refused);
    f.drain();
    f.advance(1100ms);
    CHECK(f.tiktok.fetches.size() == 1);
  }
  SECTION("the answer lacks the order") {
    f.ask(f.webhook(id, "UNPAID", t0));
    f.answer_fetch({});
    f.advance(1100ms);
    CHECK(f.tiktok.fetches.size() == 1);
  }
  SECTION("another shop") {
    auto hook = f.webhook(id, "UNPAID", t0);
    hook.shop = shop_id{"1"};
    CHECK(f.ask(hook).outcome == input_outcome::applied);
    CHECK(f.tiktok.fetches.empty());
    CHECK(f.stored(id).order.facts.attention.contains("shop_not_connected"));
  }
}

TEST_CASE("a shop that comes while the engine runs is called without a restart, and one that goes is not called any more") {
  engine_fixture f;
  const shop other{shop_id{"7494049642642449999"}, "GB", "OTHER", "TOKEN"};
  auto hook = f.webhook(id, "AWAITING_SHIPMENT", t0);
  hook.shop = other.id;
  f.ask(hook);
  CHECK(f.tiktok.fetches.empty());
  CHECK(f.stored(id).order.facts.attention.contains("shop_not_connected"));
  f.shops.put(other);
  f.advance(16min); // the promise's next try
  REQUIRE(f.tiktok.fetches.size() == 1);
  CHECK(f.tiktok.fetches.front().from == other.id);
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
  CHECK_FALSE(f.stored(id).order.facts.attention.contains("shop_not_connected"));
  REQUIRE(f.stored(id).order.state == order_state::processing);
  f.shops.remove(other.id);
  CHECK(f.ask(ship(f)).report == "queued");
  f.advance(16min);
  CHECK(f.tiktok.ships.empty());
  CHECK(f.sql("select last_error from outbox where kind = 'mark_shipped'") == "not_authorized");
  f.shops.put(other);
  f.advance(16min);
  REQUIRE_FALSE(f.tiktok.ships.size() + f.tiktok.fetches.size() == 0);
}

TEST_CASE("a shop whose token has expired is not called, and its promises wait") {
  engine_fixture f;
  auto ours = *f.shops.find(shop_id{engine_fixture::shop_name});
  ours.obstacle = shop_obstacle::token_expired;
  f.shops.put(ours);
  f.ask(f.webhook(id, "UNPAID", t0));
  CHECK(f.tiktok.fetches.empty());
  CHECK_FALSE(f.stored(id).order.facts.attention.contains("shop_not_connected"));
  CHECK(f.sql("select last_error from outbox") == "token_expired");
  ours.obstacle = {};
  f.shops.put(ours);
  f.advance(1100ms);
  CHECK(f.tiktok.fetches.size() == 1);
}

TEST_CASE("a shipment is a promise first: shipped only when TikTok has accepted it") {
  engine_fixture f;
  bring_to_processing(f);
  const auto answered = f.ask(ship(f));
  CHECK_FALSE(answered.refusal);
  CHECK(answered.pending == "report");
  CHECK(answered.report == "queued");
  CHECK(f.stored(id).order.state == order_state::processing);
  REQUIRE(f.tiktok.ships.size() == 1);
  CHECK(f.tiktok.ships.front().parcel.tracking_number == "1Z999AA10123456784");
  CHECK(f.tiktok.ships.front().parcel.shipping_provider_id == "7117858858072016686");
  accept(f);
  CHECK(f.stored(id).order.state == order_state::shipped);
  const auto history = f.history(id);
  const auto is = [](event_type type) { return [type](const event& e) { return e.type == type; }; };
  CHECK(std::count_if(history.begin(), history.end(), is(event_type::report_queued)) == 1);
  CHECK(std::count_if(history.begin(), history.end(), is(event_type::report_succeeded)) == 1);
  f.advance(60s);
  CHECK(f.tiktok.ships.empty());
}

TEST_CASE("a crash between report_queued and the call: the restart makes the call, once, with no new webhook") {
  engine_fixture f;
  bring_to_processing(f);
  f.now->whole.services.outbox->close(); // so that the commit happens and the call does not
  f.ask(ship(f));
  REQUIRE(f.tiktok.ships.empty());
  f.restart();
  f.advance(1s);
  REQUIRE(f.tiktok.ships.size() == 1);
  accept(f);
  CHECK(f.stored(id).order.state == order_state::shipped);
  f.advance(60s);
  CHECK(f.tiktok.ships.empty());
}

TEST_CASE("a crash between an order's commit and its fetch: the restart fetches, with no new webhook") {
  engine_fixture f;
  f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0));
  REQUIRE(f.tiktok.fetches.size() == 1);
  f.restart(); // the call was under way and is lost
  f.advance(1s);
  REQUIRE(f.tiktok.fetches.size() == 1);
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
  CHECK(f.stored(id).order.state == order_state::processing);
}

TEST_CASE("a crash after TikTok took the parcel: the restart reads the order and does not ship it twice") {
  engine_fixture f;
  bring_to_processing(f);
  f.ask(ship(f));
  REQUIRE(f.tiktok.ships.size() == 1);
  f.restart();
  f.advance(1s);
  CHECK(f.tiktok.ships.empty());
  REQUIRE(f.tiktok.fetches.size() == 1);
  f.answer_fetch({shipped_detail(f, "1Z999AA10123456784")});
  CHECK(f.tiktok.ships.empty());
  CHECK(f.stored(id).order.state == order_state::shipped);
}

TEST_CASE("an engine that stood still beyond its lease begins no call that may be another engine's by now") {
  engine_fixture f;
  bring_to_processing(f);
  f.ask(ship(f));
  f.restart(); // so that the next attempt reads first
  f.advance(1s);
  REQUIRE(f.tiktok.fetches.size() == 1);
  auto read = f.tiktok.next_fetch();
  f.time.advance(31s); // no timer fired: the process was stopped
  detail_reply unchanged;
  unchanged.orders.push_back(f.detail(id, "AWAITING_SHIPMENT", t0));
  unchanged.requested_at = f.time.now();
  read.answer(unchanged);
  CHECK(f.tiktok.ships.empty());
  f.drain(); // it claims the row anew, like anybody
  CHECK(f.tiktok.ships.empty());
  REQUIRE(f.tiktok.fetches.size() == 1);
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
  REQUIRE(f.tiktok.ships.size() == 1);
  accept(f);
  CHECK(f.stored(id).order.state == order_state::shipped);
}

TEST_CASE("a call that ends after its lease counts when it is final, and else leaves the row to whoever has it") {
  engine_fixture f;
  bring_to_processing(f);
  f.ask(ship(f));
  REQUIRE(f.tiktok.ships.size() == 1);
  auto slow = f.tiktok.next_ship();
  f.time.advance(31s);
  const auto other = f.real->open_writer().value()->claim({f.time.now(), 10, "another", f.time.now() + 30s}).value();
  REQUIRE(other.rows.size() == 1);
  shipment_reply reply;
  SECTION("overloaded") {
    reply.outcome = {call_class::back_off, 503, 0, "overload", "", 0s};
    slow.answer(reply);
    f.drain();
    f.advance(20s);
    CHECK(f.tiktok.ships.empty());
    CHECK(f.tiktok.fetches.empty());
    f.advance(11s); // the other one's lease has ended too
    CHECK(f.tiktok.fetches.size() == 1);
  }
  SECTION("accepted") {
    slow.answer(reply);
    f.drain();
    CHECK(f.stored(id).order.state == order_state::shipped);
  }
}

TEST_CASE("an unclear answer is settled by reading") {
  engine_fixture f;
  bring_to_processing(f);
  f.ask(ship(f));
  shipment_reply lost;
  lost.outcome = {call_class::outcome_unknown, 0, 36009007, "time-out", "", 0s};
  f.tiktok.next_ship().answer(lost);
  f.drain();
  REQUIRE(f.tiktok.fetches.size() == 1);
  SECTION("it worked") {
    f.answer_fetch({shipped_detail(f, "1Z999AA10123456784")});
    CHECK(f.stored(id).order.state == order_state::shipped);
  }
  SECTION("it did not: the call is made again after a while, and read before") {
    f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
    CHECK(f.stored(id).order.state == order_state::processing);
    CHECK(f.tiktok.ships.empty());
    f.advance(1100ms);
    REQUIRE(f.tiktok.fetches.size() == 1);
    f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
    REQUIRE(f.tiktok.ships.size() == 1);
    accept(f);
    CHECK(f.stored(id).order.state == order_state::shipped);
  }
  SECTION("somebody else shipped it") {
    f.answer_fetch({shipped_detail(f, "ANOTHER")});
    CHECK(f.stored(id).order.facts.attention.contains("report_failed"));
  }
}

TEST_CASE("a final refusal raises attention, and the corrected shipment goes out") {
  engine_fixture f;
  bring_to_processing(f);
  f.ask(ship(f));
  shipment_reply refused;
  refused.outcome = {call_class::refused_values, 200, 21011022, "tracking number invalid", "", 0s};
  f.tiktok.next_ship().answer(refused);
  f.drain();
  CHECK(f.stored(id).order.state == order_state::processing);
  CHECK(f.stored(id).order.facts.attention.contains("report_failed"));
  f.ask(ship(f));
  REQUIRE(f.tiktok.ships.size() == 1);
  accept(f);
  CHECK(f.stored(id).order.state == order_state::shipped);
}

TEST_CASE("a parcel asked for during ON_HOLD goes out when the hold ends") {
  engine_fixture f;
  f.ask(f.webhook(id, "ON_HOLD", t0));
  f.answer_fetch({f.detail(id, "ON_HOLD", t0)});
  const auto answered = f.ask(ship(f));
  CHECK(answered.pending == "on_hold");
  f.advance(60s);
  CHECK(f.tiktok.ships.empty());
  f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0 + 3600));
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0 + 3600)});
  f.advance(1100ms);
  REQUIRE(f.tiktok.ships.size() == 1);
  accept(f);
  CHECK(f.stored(id).order.state == order_state::shipped);
}
