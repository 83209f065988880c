#include "net/http/forwarded.hpp"

#include "net/http/authority.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace orderly {
namespace {

constexpr std::array<std::string_view, 6> proxy_headers{"Forwarded",        "X-Forwarded-For", "X-Forwarded-Proto",
                                                        "X-Forwarded-Host", "X-Real-IP",       "Via"};

/// Takes the last of "a, b, c" off.
std::string_view last_of(std::string_view& list) {
  const auto comma = list.rfind(',');
  auto last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  last.remove_prefix(std::min(last.find_first_not_of(" \t"), last.size()));
  return last.substr(0, last.find_last_not_of(" \t") + 1);
}

/// Some proxies add the port.
std::optional<ip_address> address_in(std::string_view entry) {
  if (const auto plain = parse_ip(entry))
    return plain;
  const auto with_port = parse_authority(entry);
  return with_port ? parse_ip(with_port->host) : std::nullopt;
}

} // namespace

bool from_loopback(const http_request& request) {
  return request.loopback_peer && std::none_of(proxy_headers.begin(), proxy_headers.end(),
                                               [&](std::string_view name) { return bool{request.header(name)}; });
}

bool over_tls(const http_request& request) {
  if (!request.peer_is_proxy)
    return false;
  const auto said = request.header("X-Forwarded-Proto");
  return said.count == 1 && said.value == "https";
}

std::string client_of(const http_request& request, std::span<const ip_network> proxies) {
  std::string client{request.peer};
  if (!request.peer_is_proxy || !request.fields)
    return client;
  const auto passed_on = request.fields->list("X-Forwarded-For");
  for (std::string_view rest = passed_on; !rest.empty();) {
    const auto address = address_in(last_of(rest));
    if (!address)
      return client;
    client = to_string(*address);
    if (std::none_of(proxies.begin(), proxies.end(), [&](const ip_network& each) { return each.contains(*address); }))
      return client;
  }
  return client;
}

} // namespace orderly
