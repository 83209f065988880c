#pragma once
// /api/v1/actors and /api/v1/dead-letters: what an on-call engineer does about orders that fail.

#include "net/edge/edge.hpp"
#include "net/http/site.hpp"
#include "net/http/target.hpp"

#include <string>
#include <vector>

namespace orderly {

/// @param rest the path segments after "/api/v1/actors"
http_route actors_route(const edge_ptr& shared, const http_request& request, const std::vector<std::string>& rest,
                        const principal& who);

/// @param rest the path segments after "/api/v1/dead-letters"
http_route dead_letters_route(const edge_ptr& shared, const http_request& request, const request_target& target,
                              const std::vector<std::string>& rest, const principal& who);

} // namespace orderly
