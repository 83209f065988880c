#pragma once
// What every store judges alike about a unit: whether it would break the history (DESIGN I5), and whether its fence holds.

#include "storage/unit.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderly {

/// Why the unit cannot be right whatever is stored; empty when it can.
std::string flaw_of(const order_unit& unit);

/// False for a unit that only counts repeated deliveries: it rests on no version, so no version can stand
/// against it.
bool is_fenced(const order_unit& unit);

/// @param stored the version of the order's row, none without a row
bool fence_holds(const order_unit& unit, const std::optional<std::int64_t>& stored);

/// In the order in which rows are locked.
std::vector<const order_unit*> in_lock_order(std::span<const order_unit> units);

/// How many events of a unit this input of it caused.
std::int64_t events_caused_by(const input_record& record, const std::vector<event>& events);

} // namespace orderly
