#pragma once
// The admin listener: metrics, health, the API behind tokens and sessions, and the console.

#include "net/api/api_context.hpp"
#include "net/http/site.hpp"

#include <memory>

namespace orderly {

std::unique_ptr<http_site> make_admin_site(api_context_ptr with);

} // namespace orderly
