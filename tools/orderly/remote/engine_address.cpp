#include "tools/orderly/remote/engine_address.hpp"

#include <algorithm>

namespace orderly {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

error wrong(std::string_view url, const std::string& what) {
  return {error_code::bad_config, what + "; it is \"" + std::string{url} + '"', {}};
}

/// 127.0.0.0/8, ::1 and localhost.
bool is_this_machine(std::string_view host) {
  if (host == "localhost" || host == "[::1]")
    return true;
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

} // namespace

result<std::string> engine_address(std::string_view url) {
  const bool names_scheme = url.find("://") != std::string_view::npos;
  const bool tls = url.starts_with("https://");
  auto rest = url;
  if (names_scheme)
    rest.remove_prefix(url.find("://") + 3);
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  const auto port = rest.find(':', rest.starts_with('[') ? std::min(rest.find(']'), rest.size()) : 0);
  const auto host = rest.substr(0, port);
  const bool legal = (!names_scheme || tls || url.starts_with("http://")) && !host.empty() &&
                     rest.find_first_of("/?#@ ") == std::string_view::npos &&
                     (port == std::string_view::npos || is_number(rest.substr(port + 1)));
  if (!legal)
    return wrong(url, "the engine's URL must be http://HOST:PORT or https://HOST[:PORT], without a path");
  if (!tls && !is_this_machine(host))
    return wrong(url, "beyond this machine the engine is reached by https:// only, or through ssh -L 8081:127.0.0.1:8081 HOST");
  return (tls ? "https://" : "http://") + std::string{rest};
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view{"-._~"}.find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      (out += '%').append({digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

} // namespace orderly
