#pragma once
// The rows of the admin listener's table, a function each resource.

#include "net/api/route_call.hpp"

#include <span>
#include <vector>

namespace orderly {

std::span<const api_route> order_routes();
std::span<const api_route> why_routes();
std::span<const api_route> actor_routes();
std::span<const api_route> dead_letter_routes();
std::span<const api_route> process_routes();
std::span<const api_route> session_routes();
std::span<const api_route> stream_routes();

/// All of them.
std::vector<api_route> admin_routes();

} // namespace orderly
