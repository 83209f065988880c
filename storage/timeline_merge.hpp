#pragma once
// The timeline of an order: its events, and between them the inputs that caused none, by time, newest first.

#include "domain/ports/order_pages.hpp"
#include "storage/cursor.hpp"

#include <vector>

namespace orderly {

/// Both newest first and each with up to limit + 1 rows, so that the end is known. Events stay in the order
/// of their seq even when the clock stepped back between them.
timeline_page merge_timeline(std::vector<event> events, std::vector<input_view> inputs, std::size_t limit);

} // namespace orderly
