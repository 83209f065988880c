#pragma once
// What the tests of reported shipments share: an order that can be shipped, TikTok's answers, the report's row.

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {

inline history ready(const order_object& o = {}, policy rules = {}) {
  history h{rules};
  h.take(status_webhook(o.status, o.update_time, true));
  h.answer_fetch(o.json(), o.shop_region);
  if (h.current.state == order_state::received && o.status == "AWAITING_SHIPMENT")
    h.take(move(order_state::processing));
  return h;
}

inline input_id ref_of(const history& h) { return h.current.facts.reports.at(0).ref; }

inline input answered(const input_id& ref, report_result result, int attempt = 1) {
  report_answered b;
  b.promise = {7, attempt};
  b.report = ref;
  b.result = result;
  b.code = result == report_result::accepted ? "" : "21011044";
  b.message = "free text";
  b.package = package_id{"1153132168123859123"};
  return engine_input(b, input_source::tiktok);
}
inline input answered(const history& h, report_result result, int attempt = 1) { return answered(ref_of(h), result, attempt); }

inline const promised* row(const history& h) {
  for (const auto& [name, found] : h.outbox)
    if (name.first == promise_kind::mark_shipped)
      return &found;
  return nullptr;
}

inline std::int64_t seconds_until(const history& h, timestamp at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at - h.inputs.back().at).count();
}

inline std::string reason_of_refusal(history& h, const input& in) {
  const auto d = h.take(in);
  REQUIRE(d.outcome == input_outcome::refused);
  CHECK(d.answer.refusal->code == error_code::guard_refused);
  CHECK(h.events.back().type == event_type::refused);
  CHECK(row(h) == nullptr);
  return std::string{string_at(d.answer.refusal->details, "reason")};
}

inline std::string reason_for(const order_object& o, move_order wish = {}) {
  auto h = ready(o);
  wish.to = order_state::shipped;
  if (wish.tracking_number.empty()) {
    wish.tracking_number = tracking;
    wish.shipping_provider_id = a_provider;
  }
  return reason_of_refusal(h, engine_input(wish));
}

} // namespace orderly::test
