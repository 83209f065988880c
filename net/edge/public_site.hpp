#pragma once
// The public listener: TikTok's webhooks and the two health checks.

#include "net/edge/edge.hpp"
#include "net/http/site.hpp"

#include <memory>

namespace orderly {

std::unique_ptr<http_site> make_public_site(edge_ptr shared);

/// GET /healthz and /readyz, for both sites; nothing for other paths.
std::optional<http_route> health_route(const edge_ptr& shared, const http_request& request);

} // namespace orderly
