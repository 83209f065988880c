// What follows from the facts once they have changed.

#include "domain/order/attention.hpp"
#include "domain/order/decide_parts.hpp"
#include "domain/order/judging.hpp"

#include <algorithm>
#include <set>

namespace orderly {
namespace {

/// What the order gives cause for. Raised and cleared at the moments when this changes, so that what a person cleared stays
/// cleared.
std::set<std::string> cause_for_attention(const order& o, const policy& rules) {
  std::set<std::string> kinds;
  if (!o.facts.unknown_status.empty())
    kinds.emplace(attention::unknown_status);
  if (o.facts.address_masked && !needs_no_address(o.facts) && !is_out(o.state) && !has_left_the_seller(o.facts))
    kinds.emplace(attention::address_masked);
  if (o.state == order_state::failed && has_left_the_seller(o.facts))
    kinds.emplace(attention::moved_after_failed);
  const auto target = derive_target(o.facts, rules);
  if (!target)
    return kinds;
  kinds.insert(target->attention.begin(), target->attention.end());
  if (is_out(o.state) && target->state == order_state::failed) // no legal move leads there, so a person must know
    kinds.emplace(attention::cancelled_after_shipment);
  return kinds;
}

json::object step_detail(const derived_target& target, const facts& f, bool is_last) {
  json::object detail;
  if (f.status)
    detail["tiktok_status"] = name_of(f.status->status);
  if (!is_last)
    detail["inferred"] = true;
  else if (target.state == order_state::failed)
    detail["failure"] = name_of(target.failure);
  else if (target.state == order_state::processing && is_partially_shipped(f))
    detail["partially_shipped"] = true;
  return detail;
}

} // namespace

void follow_facts(decision_builder& b) {
  const auto target = derive_target(b.current().facts, b.rules);
  if (b.current().held || b.current().state == order_state::failed || !target)
    return;
  const auto path = shortest_path(b.current().state, target->state);
  if (!path)
    return;
  for (std::size_t i = 0; i < path->size(); ++i)
    b.emit_move((*path)[i], step_detail(*target, b.current().facts, i + 1 == path->size()));
}

void follow_attention(decision_builder& b) {
  const auto before = cause_for_attention(b.before, b.rules);
  const auto after = cause_for_attention(b.current(), b.rules);
  for (const auto& kind : before)
    if (!after.contains(kind))
      b.clear(kind);
  for (const auto& kind : after)
    if (!before.contains(kind))
      b.raise(kind);
  // Those of one event: nothing raises them again, so they end with what they are about.
  if (!no_report_because(b.current()).empty())
    b.clear(attention::report_failed);
  if (b.current().state != order_state::failed)
    b.clear(attention::shipped_after_failure);
}

} // namespace orderly
