#pragma once
// The public listener: TikTok's webhooks and the two health checks.

#include "net/edge/edge.hpp"
#include "net/http/route_table.hpp"

#include <memory>
#include <span>

namespace orderly {

struct public_route : route_row {
  answer_time (*time)(const edge&);
  void (*serve)(const edge_ptr& with, const http_request& request, const responder_ptr& to);
};
/// The table of this listener. No row has parameters.
std::span<const public_route> public_routes();

std::unique_ptr<http_site> make_public_site(edge_ptr with);

} // namespace orderly
