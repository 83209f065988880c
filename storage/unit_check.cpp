#include "storage/unit_check.hpp"

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

} // namespace orderly
