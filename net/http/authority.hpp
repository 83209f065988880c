#pragma once
// Whom a request is addressed to: HOST or HOST:PORT (RFC 3986, 3.2).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

struct authority {
  std::string host; ///< lower case; an IPv6 address in its shortest form, without brackets; a mapped IPv4 address as IPv4
  std::optional<std::uint16_t> port;
};
/// Nothing: it is none, or it names a user.
std::optional<authority> parse_authority(std::string_view text);

struct http_origin {
  authority at;
  std::uint16_t default_port = 80;
};
/// "https://HOST:PORT", the value of an Origin header (RFC 6454, 7). Nothing: another scheme, or no origin, such as "null".
std::optional<http_origin> parse_http_origin(std::string_view text);

/// A request's target: an absolute form names an authority, and that one counts (RFC 9112, 3.2.2).
struct addressed_target {
  std::string_view authority; ///< empty: an origin form, or another one
  std::string_view origin_form;
};
addressed_target split_target(std::string_view target);

} // namespace orderly
