#pragma once
// Orders as `orderly orders`, `order`, `transition` and `why` show them: from the API's answers to lines. Pure.

#include "base/json.hpp"
#include "tools/orderly/view/table.hpp"

namespace orderly::view {

/// "◑ processing" where that can be shown, else "processing".
std::string state_with_glyph(std::string_view state, const style& by);

/// Rows of one page of GET /orders.
table orders_table(const json::array& orders, const style& by);

/// GET /orders/{id}: what it is and where it may go.
lines order_lines(const json::object& order, const style& by);
/// GET /orders/{id}/events: newest first. An input that made events is not listed beside them.
lines timeline_lines(const json::array& entries, const style& by);
/// "TikTok says awaiting shipment": what an event of the timeline means.
std::string meaning_of(const json::object& event);

/// What a command's answer says, in one sentence or two.
lines outcome_lines(const json::object& answer, const style& by);
/// An RFC 9457 problem: title, detail, code and what else it names.
lines problem_lines(const json::object& problem, int status, const style& by);

/// GET /orders/{id}/why.
lines why_lines(const json::object& why, const style& by);

} // namespace orderly::view
