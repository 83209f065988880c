#include "domain/order/order.hpp"

#include "base/names.hpp"

namespace orderly {
namespace {

constexpr std::array<std::string_view, 3> failure_names{"", "cancelled", "operator"};

bool something_is_shipped(const order& o) {
  return o.state == order_state::shipped || o.facts.detail->rts_time || o.facts.order_accepted || !o.facts.accepted_lines.empty();
}

/// From the carrier's first scan on, TikTok waits for the carrier and no longer for the seller.
bool is_collected(const facts& f) {
  return f.detail->collection_time || (f.status && f.status->status >= tiktok_status::in_transit);
}

} // namespace

std::string_view name_of(failure_kind kind) { return name_tables::name_in(failure_names, kind); }
failure_kind failure_kind_from(std::string_view name) {
  return name_tables::value_in<failure_kind>(failure_names, name).value_or(failure_kind::none);
}

std::optional<unix_seconds> due_at(const order& o) {
  if (o.closed_at || o.state == order_state::delivered || !o.facts.detail || is_collected(o.facts))
    return std::nullopt;
  return something_is_shipped(o) ? o.facts.detail->tts_sla_time : o.facts.detail->rts_sla_time;
}

} // namespace orderly
