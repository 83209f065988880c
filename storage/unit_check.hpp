#pragma once
// What a store refuses before it asks the database: a unit that would break the history (DESIGN I5).

#include "storage/unit.hpp"

#include <string>

namespace orderly {

/// Why the unit cannot be right whatever is stored; empty when it can.
std::string flaw_of(const order_unit& unit);

/// False for a unit that only counts repeated deliveries: it rests on no version, so no version can stand
/// against it.
bool is_fenced(const order_unit& unit);

} // namespace orderly
