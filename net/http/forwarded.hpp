#pragma once
// What a proxy in front says of a request that it passes on. Anybody can say it, so it counts only from a peer that
// http.trusted_proxies names.

#include "base/ip_network.hpp"
#include "net/http/message.hpp"

#include <span>
#include <string>

namespace orderly {

/// From this machine, and nothing says that a proxy passes on what another one sent: not even a named proxy is believed that
/// somebody is here.
bool from_loopback(const http_request& request);

/// A named proxy says that the request reached it so.
bool over_tls(const http_request& request);

/// The address of who asks: the peer's or, where that is a named proxy, the one that X-Forwarded-For has from the right and that
/// is no named proxy itself. What is further left anybody may have written.
std::string client_of(const http_request& request, std::span<const ip_network> proxies);

} // namespace orderly
