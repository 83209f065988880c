#include "storage/unit_check.hpp"

#include <algorithm>

namespace orderly {

std::string flaw_of(const order_unit& unit) {
  if (!unit.after)
    return unit.events.empty() && !unit.document ? "" : "a unit with events or a document must bring the order's new row";
  if (unit.after->tiktok_id != unit.order)
    return "the unit is for order " + unit.order.str() + ", its row for " + unit.after->tiktok_id.str();
  auto seq = unit.decided_on;
  for (const auto& e : unit.events)
    if (e.seq != ++seq)
      return "event " + std::to_string(e.seq) + " stands where seq " + std::to_string(seq) + " is due";
  if (unit.after->version != seq)
    return "the row has version " + std::to_string(unit.after->version) + ", its last event " + std::to_string(seq);
  return "";
}

bool is_fenced(const order_unit& unit) {
  return unit.after || unit.document || !unit.events.empty() || !unit.promises.empty() || !unit.inputs.empty();
}

bool fence_holds(const order_unit& unit, const std::optional<std::int64_t>& stored) {
  return unit.exists ? stored == unit.decided_on : !stored;
}

std::vector<const order_unit*> in_lock_order(std::span<const order_unit> units) {
  std::vector<const order_unit*> sorted;
  sorted.reserve(units.size());
  for (const auto& unit : units)
    sorted.push_back(&unit);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->order < b->order; });
  return sorted;
}

std::int64_t events_caused_by(const input_record& record, const std::vector<event>& events) {
  return std::count_if(events.begin(), events.end(), [&](const event& e) { return e.input == record.what->id; });
}

} // namespace orderly
