#pragma once
// Orders as the admin API shows them (CONTRACT "Admin listener"). Times are RFC 3339 unless their name says TikTok.

#include "domain/order/decision.hpp"
#include "domain/order/policy.hpp"
#include "domain/ports/order_queries.hpp"

namespace orderly {

/// A row of a list.
json::object order_summary(const order& o);
/// The same with what no event of the order tells: its quarantine, and why its facts cannot be read in `unreadable`.
json::object row_body(const listed_order& row);
/// An entry of a timeline.
json::object event_body(const event& e);
/// One order: the row, TikTok's document, and for each legal next state whether a person may move there now, or why not.
json::object order_body(const order_view& view, const policy& rules);
json::object page_body(const order_page& page);
json::object timeline_body(const timeline_page& page);
/// `raw` is text where it is UTF-8; else it is null and `raw_hex` has the bytes.
json::object dead_letters_body(const dead_letter_page& page);
/// What a command led to. Precondition: not refused.
json::object answer_body(const answer& a, const tiktok_order_id& order);

} // namespace orderly
