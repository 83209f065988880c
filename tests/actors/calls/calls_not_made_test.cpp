// Calls that are not made, or not yet: nobody needs them, the shop's region has another one, or TikTok said when to come again.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

const std::string id = "576461413038785752";
constexpr std::int64_t t0 = 1789479000;

void bring_to_processing(engine_fixture& f) {
  f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0));
  f.answer_fetch({f.detail(id, "AWAITING_SHIPMENT", t0)});
  REQUIRE(f.stored(id).order.state == order_state::processing);
}

input ship(engine_fixture& f) {
  move_order move;
  move.to = order_state::shipped;
  move.tracking_number = "1Z999AA10123456784";
  move.shipping_provider_id = "7117858858072016686";
  return f.command(id, move);
}

} // namespace

TEST_CASE("a parcel asked for during ON_HOLD is not reported when the order leaves with another one") {
  engine_fixture f;
  f.ask(f.webhook(id, "ON_HOLD", t0));
  f.answer_fetch({f.detail(id, "ON_HOLD", t0)});
  REQUIRE(f.ask(ship(f)).pending == "on_hold");
  f.ask(f.webhook(id, "IN_TRANSIT", t0 + 3600));
  f.answer_fetch({f.detail(id, "IN_TRANSIT", t0 + 3600)});
  f.advance(16min);
  CHECK(f.tiktok.ships.empty());
  CHECK(f.stored(id).order.state == order_state::shipped);
  CHECK(f.stored(id).order.facts.attention.empty());
}

TEST_CASE("whether the shop's region has this call is asked at the moment of the call") {
  engine_fixture f;
  bring_to_processing(f);
  auto ours = *f.shops.find(shop_id{engine_fixture::shop_name});
  ours.region = "TH";
  f.shops.put(ours);
  CHECK(f.ask(ship(f)).report == "queued"); // the order knows the region that its detail came with
  CHECK(f.tiktok.ships.empty());
  CHECK(f.stored(id).order.facts.attention.contains("report_failed"));
}

TEST_CASE("after 429 with Retry-After nothing is asked before that time, neither a detail nor a parcel's report") {
  engine_fixture f;
  const call_outcome wait{call_class::back_off, 429, 36009002, "too many requests", "", 60s};
  SECTION("a detail") {
    f.ask(f.webhook(id, "AWAITING_SHIPMENT", t0));
    detail_reply refused;
    refused.outcome = wait;
    f.tiktok.next_fetch().answer(refused);
    f.drain();
    f.advance(59s);
    CHECK(f.tiktok.fetches.empty());
    f.advance(2100ms);
    CHECK(f.tiktok.fetches.size() == 1);
  }
  SECTION("a report") {
    bring_to_processing(f);
    f.ask(ship(f));
    shipment_reply refused;
    refused.outcome = wait;
    f.tiktok.next_ship().answer(refused);
    f.drain();
    f.advance(59s);
    CHECK(f.tiktok.ships.size() + f.tiktok.fetches.size() == 0);
    f.advance(2100ms);
    CHECK(f.tiktok.fetches.size() == 1); // before a repeat the order is read
  }
}
