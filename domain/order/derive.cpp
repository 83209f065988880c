// The table of DESIGN section 2, in the order of DECISIONS "Deriving the state". It asks the newest facts only, never how they
// came.

#include "domain/order/attention.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/judging.hpp"

namespace orderly {
namespace {

derived_target raising(order_state state, std::string_view kind) { return {state, failure_kind::none, {std::string{kind}}}; }

derived_target cancelled_target(const detail_fact& detail) {
  if (detail.rts_time)
    return raising(order_state::shipped, attention::cancelled_after_shipment);
  return {order_state::failed, failure_kind::cancelled, {}};
}

/// A full refund completes an order too, so COMPLETED proves no delivery (sheet 8, case 48).
derived_target completed_target(const detail_fact& detail) {
  if (detail.delivery_time)
    return {order_state::delivered, failure_kind::none, {}};
  return raising(detail.rts_time ? order_state::shipped : order_state::processing, attention::completed_without_delivery);
}

bool is_delivered(const facts& f) { return says(f, tiktok_status::delivered) || (f.detail && f.detail->delivery_time); }

bool is_shipped(const facts& f) {
  return says(f, tiktok_status::awaiting_collection) || says(f, tiktok_status::in_transit) || all_lines_accepted(f);
}

bool may_start(const facts& f, const policy& rules) {
  return says(f, tiktok_status::awaiting_shipment) && rules.auto_start && detail_is_complete(f);
}

} // namespace

bool detail_is_complete(const facts& f) {
  return f.status && !must_wait(f) && detail_is_current(f) && !f.detail->lines.empty() && address_is_enough(f);
}

bool is_partially_shipped(const facts& f) {
  return says(f, tiktok_status::partially_shipping) || (!f.accepted_lines.empty() && !all_lines_accepted(f));
}

std::optional<derived_target> derive_target(const facts& f, const policy& rules) {
  if (is_closed(f)) {
    if (!detail_is_current(f))
      return std::nullopt;
    return says(f, tiktok_status::cancelled) ? cancelled_target(*f.detail) : completed_target(*f.detail);
  }
  derived_target target;
  if (is_delivered(f))
    target.state = order_state::delivered;
  else if (is_shipped(f))
    target.state = order_state::shipped;
  else if (is_partially_shipped(f) || may_start(f, rules))
    target.state = order_state::processing;
  return target;
}

} // namespace orderly
