#pragma once
// The web console's files among the admin listener's routes: every path that no row of the table has.

#include "net/http/site.hpp"

#include <optional>

namespace orderly {

/// Open to everybody: the page holds no data and asks for a log-in itself. Nothing: the path is not the console's.
std::optional<http_route> console_route(const http_request& request);

} // namespace orderly
