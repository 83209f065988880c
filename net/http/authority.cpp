#include "net/http/authority.hpp"

#include <boost/url/authority_view.hpp>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>

namespace orderly {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string host_of(const boost::urls::authority_view& from) {
  if (from.host_type() == boost::urls::host_type::ipv6) {
    const auto address = from.host_ipv6_address();
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped())
      return boost::urls::ipv4_address{{bytes[12], bytes[13], bytes[14], bytes[15]}}.to_string();
    return address.to_string();
  }
  std::string host = from.host();
  std::transform(host.begin(), host.end(), host.begin(), lower);
  return host;
}

/// What follows `scheme` and "://"; nothing, when the text begins otherwise. The case of a scheme does not matter.
std::optional<std::string_view> after_scheme(std::string_view text, std::string_view scheme) {
  constexpr std::string_view separator = "://";
  const auto starts = text.size() >= scheme.size() + separator.size() &&
                      std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) { return a == lower(b); });
  if (!starts || text.substr(scheme.size(), separator.size()) != separator)
    return std::nullopt;
  return text.substr(scheme.size() + separator.size());
}

} // namespace

std::optional<authority> parse_authority(std::string_view text) {
  const auto parsed = boost::urls::parse_authority(text);
  if (!parsed || parsed->has_userinfo() || parsed->host().empty())
    return std::nullopt;
  authority out{host_of(*parsed), std::nullopt};
  if (parsed->port().empty())
    return out;
  if (parsed->port_number() == 0) // also what is no port at all
    return std::nullopt;
  out.port = parsed->port_number();
  return out;
}

std::optional<http_origin> parse_http_origin(std::string_view text) {
  const auto secure = after_scheme(text, "https");
  const auto rest = secure ? secure : after_scheme(text, "http");
  auto at = rest ? parse_authority(*rest) : std::nullopt;
  if (!at)
    return std::nullopt;
  return http_origin{std::move(*at), static_cast<std::uint16_t>(secure ? 443 : 80)};
}

addressed_target split_target(std::string_view target) {
  auto rest = after_scheme(target, "http");
  if (!rest)
    rest = after_scheme(target, "https");
  if (!rest)
    return {{}, target};
  const auto end = rest->find_first_of("/?");
  if (end == std::string_view::npos)
    return {*rest, "/"};
  return {rest->substr(0, end), rest->substr(end)};
}

} // namespace orderly
