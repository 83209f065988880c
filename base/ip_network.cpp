#include "base/ip_network.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>

namespace orderly {
namespace {

constexpr ip_address before_ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t ipv4_at = 12;

bool is_ipv4(const ip_address& of) { return std::equal(of.begin(), of.begin() + ipv4_at, before_ipv4.begin()); }

} // namespace

std::optional<ip_address> parse_ip(std::string_view text) {
  const std::string terminated{text};
  if (terminated.find('\0') != std::string::npos)
    return std::nullopt;
  ip_address out = before_ipv4;
  if (::inet_pton(AF_INET, terminated.c_str(), out.data() + ipv4_at) == 1 ||
      ::inet_pton(AF_INET6, terminated.c_str(), out.data()) == 1)
    return out;
  return std::nullopt;
}

std::string to_string(const ip_address& of) {
  char text[INET6_ADDRSTRLEN];
  if (is_ipv4(of))
    ::inet_ntop(AF_INET, of.data() + ipv4_at, text, sizeof text);
  else
    ::inet_ntop(AF_INET6, of.data(), text, sizeof text);
  return text;
}

bool ip_network::contains(const ip_address& one) const {
  const auto whole = bits / 8, rest = bits % 8;
  if (!std::equal(one.begin(), one.begin() + whole, address.begin()))
    return false;
  return rest == 0 || ((one[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

std::optional<ip_network> parse_ip_network(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto address = parse_ip(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  const unsigned all = text.substr(0, slash).find(':') == std::string_view::npos ? 32 : 128;
  unsigned bits = all;
  if (slash != text.size()) {
    const auto* const end = text.data() + text.size();
    const auto [read, ec] = std::from_chars(text.data() + slash + 1, end, bits);
    if (ec != std::errc{} || read != end || bits > all)
      return std::nullopt;
  }
  return ip_network{*address, bits + (128 - all)};
}

} // namespace orderly
