#pragma once
// The rows of the admin listener's table, a function each resource.

#include "net/api/route_call.hpp"

#include <array>
#include <span>
#include <vector>

namespace orderly {

std::span<const api_route> process_routes();
std::span<const api_route> order_routes();
std::span<const api_route> why_routes();
std::span<const api_route> actor_routes();
std::span<const api_route> dead_letter_routes();
std::span<const api_route> session_routes();
std::span<const api_route> stream_routes();

/// What the listener serves.
inline constexpr std::array admin_resources{process_routes,     order_routes,   why_routes,   actor_routes,
                                            dead_letter_routes, session_routes, stream_routes};
/// The rows of all of them.
std::vector<api_route> admin_routes();

} // namespace orderly
