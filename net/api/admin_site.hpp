#pragma once
// The admin listener: metrics, health and the API behind bearer tokens.

#include "net/api/api_context.hpp"
#include "net/http/site.hpp"

#include <memory>
#include <optional>

namespace orderly {

std::unique_ptr<http_site> make_admin_site(api_context_ptr with);

/// Whose bearer token the request carries.
std::optional<principal> user_of(const api_context& with, const http_request& request);

} // namespace orderly
