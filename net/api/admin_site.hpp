#pragma once
// The admin listener: metrics, health and the API behind bearer tokens.

#include "net/edge/edge.hpp"
#include "net/http/site.hpp"

#include <memory>

namespace orderly {

std::unique_ptr<http_site> make_admin_site(edge_ptr shared);

} // namespace orderly
