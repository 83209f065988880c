#pragma once
// Questions that several rules ask about the facts.

#include "domain/order/facts.hpp"

#include <optional>
#include <vector>

namespace orderly {

/// For equal times the further progressed status is the newer one; a word that is not known never wins such a tie.
template <class Status>
int rank_of(const std::optional<Status>& known) {
  return known ? static_cast<int>(*known) : -1;
}

inline bool says(const facts& f, tiktok_status status) { return f.status && f.status->status == status; }
inline bool is_closed(const facts& f) { return says(f, tiktok_status::cancelled) || says(f, tiktok_status::completed); }
/// UNPAID and ON_HOLD: TikTok does not let the seller act yet.
inline bool must_wait(const facts& f) { return says(f, tiktok_status::unpaid) || says(f, tiktok_status::on_hold); }
/// AWAITING_COLLECTION or later, as TikTok says it; what we reported ourselves is another kind.
bool has_left_the_seller(const facts& f);

/// The held detail is at least as new as the newest status. Within one second the status with the higher rank is the newer one,
/// also when it stands in a detail: or an order that is shipped and cancelled in the same second would be judged by what it was
/// before.
bool detail_is_current(const facts& f);
/// Current, with lines, and with the address if a person is to read it at this status: nothing is gained by asking again.
bool detail_is_as_complete_as_allowed(const facts& f);
/// TikTok ships it, or nobody needs the address any more.
bool needs_no_address(const facts& f);
/// Of a held detail: its address is clear, or nobody waits for a clear one.
bool address_is_enough(const facts& f);

std::vector<line_item_id> uncancelled_lines(const facts& f);
/// Its lines are known, and all of them are cancelled.
bool has_nothing_to_ship(const facts& f);
/// Every uncancelled line is in a parcel that TikTok accepted from us.
bool all_lines_accepted(const facts& f);
/// TikTok knows this order: something was heard of it, or it came from one of its shops and not by POST /orders.
bool is_known_to_tiktok(const facts& f);

} // namespace orderly
