// Every row of the table in DESIGN section 2, by facts alone, and how an order walks to it.

#include "domain/order/attention.hpp"
#include "domain/order/detail.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {
namespace {

using enum order_state;
using strings = std::vector<std::string>;

struct row {
  const char* status; ///< newest status
  bool with_detail;   ///< a detail as new as the status
  bool rts_time, delivery_time;
  std::optional<order_state> target;
  failure_kind failure;
  strings attention;
};

const strings none;
const std::vector<row> table{
    {"UNPAID", true, false, false, received, failure_kind::none, none},
    {"UNPAID", false, false, false, received, failure_kind::none, none},
    {"ON_HOLD", true, false, false, received, failure_kind::none, none},
    {"AWAITING_SHIPMENT", true, false, false, processing, failure_kind::none, none},
    {"AWAITING_SHIPMENT", false, false, false, received, failure_kind::none, none},
    {"PARTIALLY_SHIPPING", true, false, false, processing, failure_kind::none, none},
    {"PARTIALLY_SHIPPING", false, false, false, processing, failure_kind::none, none},
    {"AWAITING_COLLECTION", true, true, false, shipped, failure_kind::none, none},
    {"AWAITING_COLLECTION", false, false, false, shipped, failure_kind::none, none},
    {"IN_TRANSIT", true, true, false, shipped, failure_kind::none, none},
    {"IN_TRANSIT", false, false, false, shipped, failure_kind::none, none},
    {"DELIVERED", true, true, true, delivered, failure_kind::none, none},
    {"DELIVERED", false, false, false, delivered, failure_kind::none, none},
    {"IN_TRANSIT", true, true, true, delivered, failure_kind::none, none},
    {"CANCELLED", true, false, false, failed, failure_kind::cancelled, none},
    {"CANCELLED", true, true, false, shipped, failure_kind::none, {"cancelled_after_shipment"}},
    {"CANCELLED", false, false, false, std::nullopt, failure_kind::none, none},
    {"COMPLETED", true, true, true, delivered, failure_kind::none, none},
    {"COMPLETED", true, true, false, shipped, failure_kind::none, {"completed_without_delivery"}},
    {"COMPLETED", true, false, false, processing, failure_kind::none, {"completed_without_delivery"}},
    {"COMPLETED", false, false, false, std::nullopt, failure_kind::none, none},
};

order_object object_of(const row& r) {
  order_object o;
  o.status = r.status;
  if (r.rts_time)
    o.rts_time = paid_at + 10;
  if (r.delivery_time)
    o.delivery_time = paid_at + 20;
  return o;
}

facts facts_of(const row& r) {
  facts f;
  const auto o = object_of(r);
  f.status = status_fact{*tiktok_status_from(r.status), from_seconds(o.update_time)};
  if (r.with_detail)
    f.detail = *extract_detail(o.json(), at_second(o.update_time));
  return f;
}

} // namespace

TEST_CASE("each row of the table derives its state, failure and attention from the facts") {
  for (const auto& r : table) {
    INFO(r.status << " detail " << r.with_detail << " rts " << r.rts_time << " delivery " << r.delivery_time);
    const auto target = derive_target(facts_of(r), {});
    REQUIRE(target.has_value() == r.target.has_value());
    if (target) {
      CHECK(target->state == *r.target);
      CHECK(target->failure == r.failure);
      CHECK(target->attention == r.attention);
    }
  }
}

TEST_CASE("a new order walks straight to each row's state, whatever came first") {
  for (const auto& r : table) {
    INFO(r.status << " detail " << r.with_detail << " rts " << r.rts_time << " delivery " << r.delivery_time);
    history h;
    h.take(status_webhook(r.status, paid_at + 3600));
    if (r.with_detail)
      h.answer_fetch(object_of(r).json());
    CHECK(h.current.state == r.target.value_or(received));
    CHECK(h.current.failure == r.failure);
    CHECK(h.open_attention() == r.attention);
    const bool closes = r.with_detail && (std::string{r.status} == "CANCELLED" || std::string{r.status} == "COMPLETED");
    CHECK(h.current.closed_at.has_value() == closes);
  }
}

TEST_CASE("without a status the order is received; without facts nothing is wrong") {
  const auto target = derive_target(facts{}, {});
  REQUIRE(target);
  CHECK(target->state == received);
  CHECK(target->attention.empty());
}

TEST_CASE("AWAITING_SHIPMENT starts processing only with the switch on and a complete detail") {
  auto f = facts_of({"AWAITING_SHIPMENT", true, false, false, {}, {}, {}});
  CHECK(detail_is_complete(f));
  policy by_hand;
  by_hand.auto_start = false;
  CHECK(derive_target(f, by_hand)->state == received);

  auto masked = f;
  masked.detail->address_clear = false;
  CHECK_FALSE(detail_is_complete(masked));
  CHECK(derive_target(masked, {})->state == received);
  for (auto ships : {shipping_type::tiktok, shipping_type::tiktok_digital}) {
    masked.detail->shipping = ships;
    CHECK(detail_is_complete(masked)); // the buyer stays masked for good
  }
  masked.detail->shipping = shipping_type::seller;
  masked.detail->fulfillment = fulfillment_type::by_tiktok;
  CHECK(detail_is_complete(masked));
  masked.detail->fulfillment = fulfillment_type::by_seller;
  masked.erased = true;
  CHECK(detail_is_complete(masked));

  auto bare = f;
  bare.detail->lines.clear();
  CHECK_FALSE(detail_is_complete(bare));
  auto old = f;
  old.detail->update_time -= std::chrono::seconds{1};
  CHECK_FALSE(detail_is_complete(old));
  auto on_hold = f;
  on_hold.status->status = tiktok_status::on_hold;
  CHECK_FALSE(detail_is_complete(on_hold));
}

TEST_CASE("within one second a detail is as new as the status that stands in it") {
  auto f = facts_of({"CANCELLED", true, false, false, {}, {}, {}});
  f.detail->status = "AWAITING_COLLECTION"; // asked just before the cancellation
  CHECK_FALSE(derive_target(f, {}));
  f.detail->update_time += std::chrono::seconds{1};
  CHECK(derive_target(f, {})->state == failed);
}

TEST_CASE("parcels that TikTok accepted from us ship an order, some or all") {
  auto f = facts_of({"AWAITING_SHIPMENT", true, false, false, {}, {}, {}});
  f.accepted_lines = {f.detail->lines[0].id};
  CHECK(is_partially_shipped(f));
  policy by_hand;
  by_hand.auto_start = false;
  CHECK(derive_target(f, by_hand)->state == processing);
  f.detail->lines[1].display_status = "CANCELLED"; // what is left is all on its way
  CHECK_FALSE(is_partially_shipped(f));
  CHECK(derive_target(f, {})->state == shipped);
  f.accepted_lines.clear();
  f.order_accepted = true;
  CHECK(derive_target(f, {})->state == shipped);
}

TEST_CASE("every step but the last of a jump is inferred") {
  history h;
  h.take(status_webhook("DELIVERED", paid_at));
  std::vector<std::pair<order_state, bool>> steps;
  for (const auto& e : h.events)
    if (e.type == event_type::transitioned)
      steps.emplace_back(*e.to, bool_at(e.detail, "inferred").value_or(false));
  CHECK(steps == std::vector<std::pair<order_state, bool>>{{processing, true}, {shipped, true}, {delivered, false}});
}

TEST_CASE("PARTIALLY_SHIPPING marks the move") {
  history h;
  h.take(status_webhook("PARTIALLY_SHIPPING", paid_at));
  CHECK(bool_at(h.events.back().detail, "partially_shipped") == true);
  CHECK(is_partially_shipped(h.current.facts));
}

TEST_CASE("an order that left is not cancelled back; a person is told") {
  history h;
  h.take(status_webhook("IN_TRANSIT", paid_at));
  order_object o;
  o.status = "CANCELLED";
  o.update_time = paid_at + 10;
  h.take(status_webhook("CANCELLED", paid_at + 10));
  CHECK(h.current.state == shipped);
  CHECK(h.open_attention().empty());
  h.answer_fetch(o.json()); // without rts_time: the facts ask for failed, but no legal path leads there
  CHECK(h.current.state == shipped);
  CHECK(h.open_attention() == strings{"cancelled_after_shipment"});
}

TEST_CASE("an order is closed once: what comes later does not move the time") {
  history h;
  order_object o;
  o.status = "CANCELLED";
  h.take(status_webhook("CANCELLED", o.update_time));
  CHECK_FALSE(h.current.closed_at);
  h.answer_fetch(o.json());
  const auto closed = h.inputs.back().at;
  CHECK(h.current.closed_at == closed);
  h.take(engine_input(add_note{"free text"}));
  h.take(address_webhook(o.update_time + 10));
  CHECK(h.current.closed_at == closed);
}

TEST_CASE("what no longer holds is cleared, what a person cleared stays cleared") {
  history h;
  order_object o;
  o.status = "COMPLETED";
  o.rts_time = paid_at;
  h.take(status_webhook("COMPLETED", o.update_time));
  h.answer_fetch(o.json());
  CHECK(h.open_attention() == strings{"completed_without_delivery"});
  h.take(engine_input(clear_attention{"completed_without_delivery"}));
  o.note = "other content";
  h.take(detail_input(o.json(), h.now));
  CHECK(h.open_attention().empty());

  history other;
  o.note.clear();
  other.take(detail_input(o.json(), other.now));
  CHECK(other.open_attention() == strings{"completed_without_delivery"});
  o.delivery_time = paid_at + 50;
  other.take(detail_input(o.json(), other.now));
  CHECK(other.open_attention().empty());
  CHECK(other.current.state == delivered);
}

} // namespace orderly::test
