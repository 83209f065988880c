#pragma once
// What an answer of TikTok means for the promise that caused the call. Pure.

#include "domain/order/wire.hpp"
#include "domain/ports/tiktok_port.hpp"
#include "storage/unit.hpp"

#include <optional>
#include <vector>

namespace orderly {

/// The parcel of a `mark_shipped` row.
shipment shipment_of(const outbox_row& row);
/// How a mark-shipped call ended; nothing when the order must be read before that can be said.
std::optional<report_answered> outcome_of(const outbox_row& row, const shipment_reply& reply);
/// What a read of the order tells about an earlier attempt: accepted when TikTok holds our tracking number, refused when the
/// order was shipped with another one, nothing when the parcel has not been taken and the call may be made (again).
std::optional<report_answered> outcome_by_reading(const outbox_row& row, const json::object& order);
/// A write that the shop's region has another call for, which is not built: it is not made.
report_answered unsupported(const outbox_row& row, const std::string& shop_region);
/// A read that did not work: the write waits.
report_answered unreadable(const outbox_row& row, const call_outcome& why);
/// Refused because of what was asked for. Everything else (a wrong signature, an address that is not allowed, a proxy's page) is
/// a fault of the moment that hits all orders alike and gets mended: what was promised is asked for again.
bool is_about_the_order(call_class value);
/// A fetch that brought no order.
fetch_failed failed_fetch(const outbox_row& row, const detail_reply& reply);
/// A fetch from a shop that cannot be called.
fetch_failed uncalled_fetch(const outbox_row& row, shop_obstacle why);

/// What a fetch brought, one for each row. Writing details costs more than a turn of an actor should, so it is done where the
/// answer arrives.
/// @param shop_region of the shop that was asked; may be empty
std::vector<written_body> outcomes_of_fetch(const std::vector<outbox_row>& rows, const detail_reply& reply,
                                            const std::string& shop_region);

/// The input that carries such an outcome to its order. Its key is `o:<row>:<attempt>`, so a repeat is recognised.
input outcome_input(const outbox_row& row, written_body what, uuid id, timestamp now);

} // namespace orderly
