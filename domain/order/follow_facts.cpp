// What follows from the facts once they have changed.

#include "domain/order/attention.hpp"
#include "domain/order/decide_parts.hpp"
#include "domain/order/judging.hpp"

#include <algorithm>
#include <set>

namespace orderly {
namespace {

/// AWAITING_COLLECTION or later, as TikTok says it; what we reported ourselves is another kind.
bool has_left_the_seller(const facts& f) {
  const bool is_late = f.status && f.status->status >= tiktok_status::awaiting_collection && !says(f, tiktok_status::cancelled);
  return is_late || (f.detail && f.detail->delivery_time);
}

bool is_out(order_state state) { return state == order_state::shipped || state == order_state::delivered; }

/// What the order gives cause for. Raised and cleared at the moments when this changes, so that what a person cleared stays
/// cleared.
std::set<std::string> cause_for_attention(const order& o, const policy& rules) {
  std::set<std::string> kinds;
  if (!o.facts.unknown_status.empty())
    kinds.emplace(attention::unknown_status);
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
}

} // namespace orderly
