// /api/v1/actors: what an on-call engineer does about an order that fails.

#include "net/api/api_parts.hpp"
#include "net/api/routes.hpp"

#include <array>

namespace orderly {
namespace {

/// The place is given back with the engine's answer.
void restart(const api_context& with, const tiktok_order_id& order, bool stored, const admitted_ptr& place,
             const responder_ptr& to) {
  with.actors.restart(order, [order, stored, place, to](const result<restarted>& done) {
    if (!done)
      return to->answer(problem(done.error()));
    if (!stored && !done->known)
      return to->answer(problem(error_code::order_not_found));
    to->answer(json_response(200, {{"tiktok_order_id", order.str()}, {"restarted", true}}));
  });
}

/// An order without a row, or with one that cannot be read, may be quarantined all the same.
void serve_restart(const route_call& call) {
  const auto key = order_named_in(call);
  if (!key)
    return call.to->answer(problem(key.error()));
  const auto place = place_for(call);
  if (!place)
    return;
  const auto tell = [with = call.with, key = *key, place, to = call.to](const result<order_view>& found) {
    if (found)
      return restart(*with, found->order.tiktok_id, true, place, to);
    const auto* id = std::get_if<tiktok_order_id>(&key);
    const bool unreadable = found.error().code == error_code::order_unreadable;
    if (id && (unreadable || found.error().code == error_code::order_not_found))
      return restart(*with, *id, unreadable, place, to);
    to->answer(problem(found.error()));
  };
  call.with->reader.run<order_view>(
      read_class::loads, [key = *key](order_queries& from) { return from.find(key); }, tell);
}

constexpr std::array<api_route, 1> table{{
    {{"POST", "/api/v1/actors/{id}/restart", role::op, "actor_restart", "Lifts an order's quarantine and starts its actor anew"},
     engine_time,
     serve_restart},
}};

} // namespace

std::span<const api_route> actor_routes() { return table; }

} // namespace orderly
