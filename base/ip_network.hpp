#pragma once
// IP addresses, and networks of them. An IPv4 address and the IPv6 address that it is mapped to (::ffff:192.0.2.7) are the same.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// In network order; IPv4 as the last four bytes of its mapped form.
using ip_address = std::array<unsigned char, 16>;
/// "192.0.2.7", "2001:db8::1"; no brackets, no port, no zone.
std::optional<ip_address> parse_ip(std::string_view text);
/// The shortest form.
std::string to_string(const ip_address& of);

struct ip_network {
  ip_address address{};
  unsigned bits = 0; ///< of the address, from the left, that all of them share

  [[nodiscard]] bool contains(const ip_address& one) const;
};
/// "10.0.0.0/8", "fd00::/8", or an address: the network of that one alone.
std::optional<ip_network> parse_ip_network(std::string_view text);

} // namespace orderly
