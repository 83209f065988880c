#pragma once
// The rules of the product, pure: no I/O, no clock, no randomness (DESIGN I3). An order's actor calls decide() for one input at a
// time.

#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"
#include "domain/order/order.hpp"
#include "domain/order/policy.hpp"

namespace orderly {

/// @param held      the order; version 0 with a nil id when it does not exist
/// @param document  order_data; may be null unless needs_document(in)
/// @param now       becomes the `at` of the events
decision decide(const order& held, const json::object* document, const input& in, const policy& rules, timestamp now);

/// The fold (I5). Precondition: e.seq == o.version + 1.
order apply(order o, const event& e);

/// The state that the newest facts ask for (the table of DESIGN section 2, in the order of DECISIONS "Deriving the state").
struct derived_target {
  order_state state = order_state::received;
  failure_kind failure = failure_kind::none;
  std::vector<std::string> attention; ///< kinds that this row of the table raises
};
/// Nothing when the facts ask for no state: CANCELLED or COMPLETED before their detail is there (no status yet is `received`).
std::optional<derived_target> derive_target(const facts& f, const policy& rules);

/// Line items are there, the status is past ON_HOLD, it is not older than the status fact, and a person can read the address
/// (unless TikTok ships the order, it is closed or erased, or asking again has not made the address clear).
bool detail_is_complete(const facts& f);

/// Some, not all, of the order is on its way: TikTok says PARTIALLY_SHIPPING, or accepted parcels for some of the uncancelled
/// lines.
bool is_partially_shipped(const facts& f);

/// Why a person's move is refused now, for the console's buttons; nothing when it would be accepted.
std::optional<error> blocked_because(const order& o, order_state to, const policy& rules);

} // namespace orderly
