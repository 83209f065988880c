// What TikTok says: each fact by its own clock; news asks for a detail, and nothing else takes a seq.

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {
namespace {

using enum order_state;
using strings = std::vector<std::string>;

history begun(const char* status = "UNPAID") {
  history h;
  h.take(status_webhook(status, paid_at));
  return h;
}

void changes_nothing(history& h, const input& in, input_outcome outcome) {
  const auto before = h.current;
  const auto d = h.take(in);
  CHECK(d.outcome == outcome);
  CHECK(h.current == before);
  CHECK(d.promises.empty());
  CHECK(d.answer.version == before.version);
}

} // namespace

TEST_CASE("the first webhook creates the order, notes its status and asks for its detail") {
  history h;
  const auto in = status_webhook("UNPAID", paid_at, true);
  const auto d = h.take(in);
  CHECK(d.outcome == input_outcome::applied);
  CHECK(d.answer.created);
  CHECK(h.types() == strings{"created", "fact_updated"});
  CHECK(h.current.id.value == in.id.value);
  CHECK(h.current.version == 2);
  CHECK(h.current.facts.shop.str() == a_shop);
  CHECK(h.current.facts.had_on_hold);
  CHECK(h.current.facts.status == status_fact{tiktok_status::unpaid, from_seconds(paid_at)});
  REQUIRE(d.promises.size() == 1);
  CHECK(d.promises[0].kind == promise_kind::fetch_detail);
  CHECK(d.promises[0].state == promise_state::open);
  CHECK(d.promises[0].keep_lease);
  CHECK(d.promises[0].due_at == h.inputs[0].at);
  for (const auto& e : h.events) {
    CHECK(e.input == in.id);
    CHECK(e.source == "webhook");
    CHECK(e.actor.empty());
    CHECK(e.at == h.inputs[0].at);
  }
}

TEST_CASE("every kind of observation can be the first") {
  for (const auto& in :
       {status_webhook("GIFT_WRAPPING", paid_at), address_webhook(paid_at), package_webhook("1", "SPLIT", paid_at),
        cancellation_webhook("1", "CANCELLATION_REQUEST_PENDING", paid_at), return_webhook("1", "X", paid_at),
        hint_webhook(paid_at)}) {
    history h;
    h.take(in);
    CHECK(h.current.version >= 2);
    CHECK(h.types()[0] == "created");
    CHECK(h.wants_detail());
    CHECK(h.current.state == received);
  }
}

TEST_CASE("an older status is stale, an equal one a duplicate, whatever its notification") {
  auto h = begun("ON_HOLD");
  changes_nothing(h, status_webhook("ON_HOLD", paid_at), input_outcome::duplicate);
  changes_nothing(h, status_webhook("on hold", paid_at), input_outcome::duplicate);
  changes_nothing(h, status_webhook("DELIVERED", paid_at - 1), input_outcome::stale);
  changes_nothing(h, status_webhook("UNPAID", paid_at), input_outcome::stale); // the same second, a lower rank
  CHECK(h.take(status_webhook("AWAITING_SHIPMENT", paid_at)).outcome == input_outcome::applied);
  CHECK(h.take(status_webhook("ON_HOLD", paid_at + 1)).outcome == input_outcome::applied);
}

TEST_CASE("late news does not lead back (sheet 8, case 1)") {
  history h;
  h.take(status_webhook("DELIVERED", paid_at + 100));
  changes_nothing(h, status_webhook("ON_HOLD", paid_at), input_outcome::stale);
  CHECK(h.current.state == delivered);
}

TEST_CASE("an unknown status raises attention and derives nothing; the order lives on") {
  auto h = begun("AWAITING_COLLECTION");
  CHECK(h.current.state == shipped);
  h.take(status_webhook("GIFT_WRAPPING", paid_at + 10));
  CHECK(h.open_attention() == strings{"unknown_status"});
  CHECK(h.current.facts.unknown_status == "GIFT_WRAPPING");
  CHECK(h.current.facts.status->status == tiktok_status::awaiting_collection);
  CHECK(h.current.state == shipped);
  changes_nothing(h, status_webhook("GIFT_WRAPPING", paid_at + 10), input_outcome::duplicate);
  changes_nothing(h, status_webhook("RECALLED", paid_at), input_outcome::stale); // never wins a tie with a known one
  h.take(status_webhook("IN_TRANSIT", paid_at + 9)); // newer than the known one, older than the unknown one
  CHECK(h.open_attention() == strings{"unknown_status"});
  h.take(status_webhook("DELIVERED", paid_at + 10));
  CHECK(h.open_attention().empty());
  CHECK(h.current.facts.unknown_status.empty());
  CHECK(h.current.state == delivered);
}

TEST_CASE("address, package, cancellation and return have clocks of their own and ask for a detail") {
  struct kind {
    input first, newer, older;
  };
  const std::vector<kind> kinds{
      {address_webhook(paid_at + 5), address_webhook(paid_at + 6), address_webhook(paid_at + 4)},
      {package_webhook("9", "SPLIT", paid_at + 5), package_webhook("9", "COMBINE", paid_at + 6),
       package_webhook("9", "SPLIT", paid_at + 4)},
      {cancellation_webhook("9", "CANCELLATION_REQUEST_PENDING", paid_at + 5),
       cancellation_webhook("9", "CANCELLATION_REQUEST_SUCCESS", paid_at + 5), // the same second, further on
       cancellation_webhook("9", "CANCELLATION_REQUEST_COMPLETE", paid_at + 4)},
      {return_webhook("9", "AWAITING_BUYER_SHIP", paid_at + 5), return_webhook("9", "BUYER_SHIPPED_ITEM", paid_at + 6),
       return_webhook("9", "REJECT", paid_at + 4)},
  };
  for (const auto& each : kinds) {
    INFO(each.first.type);
    auto h = begun();
    order_object o;
    o.status = "UNPAID";
    o.update_time = paid_at;
    h.answer_fetch(o.json());
    REQUIRE_FALSE(h.wants_detail());
    CHECK(h.take(each.first).outcome == input_outcome::applied);
    CHECK(h.wants_detail());
    changes_nothing(h, each.first, input_outcome::duplicate);
    changes_nothing(h, each.older, input_outcome::stale);
    CHECK(h.take(each.newer).outcome == input_outcome::applied);
    changes_nothing(h, each.first, input_outcome::stale);
    CHECK(h.current.state == received);
  }
  auto h = begun();
  h.take(package_webhook("9", "SPLIT", paid_at + 5));
  CHECK(h.take(package_webhook("10", "SPLIT", paid_at + 1)).outcome == input_outcome::applied); // another package, another clock
}

TEST_CASE("a hint asks for a detail and changes nothing else") {
  auto h = begun();
  const auto before = h.current.facts;
  h.take(hint_webhook(paid_at));
  auto after = h.current.facts;
  after.detail_wanted_at = before.detail_wanted_at;
  CHECK(after == before);
}

TEST_CASE("a known order turning up under another shop is a dead letter") {
  auto h = begun();
  const auto before = h.current;
  auto in = status_webhook("ON_HOLD", paid_at + 5, {}, "7000000000000000001");
  const auto d = h.take(in);
  CHECK(d.outcome == input_outcome::dead);
  CHECK(d.dead == dead_letter_cause::shop_mismatch);
  CHECK(d.answer.refusal->code == error_code::shop_mismatch);
  CHECK(h.current == before);
}

TEST_CASE("an order without a shop takes the first that names it") {
  history h;
  h.take(engine_input(create_order{{{"own", 1}}}));
  CHECK(h.current.facts.shop.empty());
  h.take(status_webhook("UNPAID", paid_at));
  CHECK(h.current.facts.shop.str() == a_shop);
  CHECK(h.take(status_webhook("ON_HOLD", paid_at + 1, {}, "7000000000000000001")).outcome == input_outcome::dead);
}

TEST_CASE("an order without a shop takes the one that the same order posted again names") {
  history h;
  auto again = engine_input(create_order{{{"own", 1}}});
  h.take(again);
  again.shop = shop_id{a_shop};
  CHECK(h.take(again).outcome == input_outcome::applied);
  CHECK(h.current.facts.shop.str() == a_shop);
  CHECK(h.take(again).outcome == input_outcome::duplicate);
  auto other = engine_input(create_order{{{"own", 2}}});
  other.shop = shop_id{a_shop};
  history shopless;
  shopless.take(engine_input(create_order{{{"own", 1}}}));
  CHECK(shopless.take(other).answer.refusal->code == error_code::order_exists);
  CHECK(shopless.current.facts.shop.empty());
}

TEST_CASE("a row inserted by hand keeps its id and its time and gets its history with the first input") {
  history h;
  h.current.id = order_id{*uuid_from("01890000-0000-7000-8000-000000000001")};
  h.current.created_at = at_second(1);
  const auto d = h.take(status_webhook("UNPAID", paid_at));
  CHECK(h.types()[0] == "created");
  CHECK(h.events[0].seq == 1);
  CHECK(to_string(h.current.id) == "01890000-0000-7000-8000-000000000001");
  CHECK(h.current.created_at == at_second(1));
  CHECK_FALSE(d.answer.created);

  history by_command;
  by_command.current.id = h.current.id;
  by_command.take(move(processing));
  CHECK(by_command.types() == strings{"created", "transitioned"});
  CHECK(by_command.current.state == processing);
}

TEST_CASE("the next deadline is to ship, then to be collected, then none") {
  history h;
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  CHECK_FALSE(due_at(h.current));
  h.answer_fetch(order_object{}.json());
  CHECK(due_at(h.current) == from_seconds(paid_at + 172800));
  order_object o;
  o.status = "AWAITING_COLLECTION";
  o.update_time = o.update_time + 10;
  o.rts_time = o.update_time;
  h.take(detail_input(o.json(), h.now));
  CHECK(due_at(h.current) == from_seconds(paid_at + 259200));
  h.take(status_webhook("IN_TRANSIT", o.update_time + 1));
  CHECK_FALSE(due_at(h.current));

  history cancelled;
  o = order_object{};
  o.status = "CANCELLED";
  cancelled.take(detail_input(o.json(), cancelled.now));
  CHECK(cancelled.current.closed_at);
  CHECK_FALSE(due_at(cancelled.current));
}

TEST_CASE("what is for no order is ignored") {
  history h;
  auto in = make_input(input_source::webhook, "UNKNOWN", "{}", std::monostate{});
  changes_nothing(h, in, input_outcome::ignored);
}

} // namespace orderly::test
