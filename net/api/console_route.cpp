#include "net/api/console_route.hpp"

#include "net/console/console_site.hpp"
#include "net/http/target.hpp"

namespace orderly {

std::optional<http_route> console_route(const http_request& request) {
  const auto value_of = [&](std::string_view name) { return request.header(name).value; };
  auto found = answer_console(
      {request.method, path_of(request.target), value_of("Accept"), value_of("Accept-Encoding"), value_of("If-None-Match")});
  if (!found)
    return std::nullopt;
  return answers("console", {found->status, found->content_type, static_bytes(found->body), std::move(found->headers)});
}

} // namespace orderly
