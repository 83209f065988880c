#include "config/text_rules.hpp"

#include "base/ip_network.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace orderly {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<int> port_of(std::string_view text) {
  int port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (ec != std::errc{} || end != text.data() + text.size() || port < 0 || port > 65535)
    return std::nullopt;
  return port;
}

bool is_host(std::string_view host) {
  if (host.starts_with('['))
    return host.size() > 2 && host.ends_with(']') && host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
  return is_token(host) && host.find_first_of("/?#@:[]") == std::string_view::npos;
}

bool is_address(std::string_view text) {
  const auto colon = text.rfind(':');
  return colon != std::string_view::npos && is_host(text.substr(0, colon)) && port_of(text.substr(colon + 1));
}

bool is_host_or_address(std::string_view text) { return is_host(text) || (is_address(text) && !text.ends_with(":0")); }

bool is_http_base(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme))
      continue;
    return is_host_or_address(text.substr(scheme.size()));
  }
  return false;
}

bool is_storage_url(std::string_view text) {
  for (const std::string_view scheme : {"sqlite:", "postgresql://"})
    if (text.starts_with(scheme))
      return text.size() > scheme.size();
  return text.empty();
}

bool is_schema_name(std::string_view text) {
  constexpr std::size_t longest = 63; // NAMEDATALEN
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), fits) && !text.starts_with("pg_");
}

bool is_region(std::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_log_level(std::string_view text) { return text == "debug" || text == "info" || text == "warn" || text == "error"; }

} // namespace

std::string wrong_byte_of_secret(std::string_view text) {
  const auto wrong = std::find_if_not(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (wrong == text.end())
    return {};
  const auto place = static_cast<std::size_t>(wrong - text.begin());
  char byte[8];
  std::snprintf(byte, sizeof byte, "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(*wrong)));
  std::string out = std::string{"byte "} + byte + " at place " + std::to_string(place + 1);
  const auto rest = text.substr(place);
  if (rest.starts_with("\xef\xbb\xbf"))
    out += " (a byte order mark)";
  else if (rest.starts_with("\xc2\xa0"))
    out += " (a no-break space)";
  else if (*wrong == ' ' || *wrong == '\t')
    out += " (a blank)";
  else if (*wrong == '\n' || *wrong == '\r')
    out += " (a line's end)";
  return out;
}

const text_rule not_empty_rule{[](std::string_view text) { return !text.empty(); }, "a text that is not empty"};
const text_rule token_rule{is_token, "a text of printable characters without blanks"};
const text_rule token_or_empty_rule{[](std::string_view text) { return text.empty() || is_token(text); },
                                    "a text of printable characters without blanks"};
const text_rule address_rule{is_address, "HOST:PORT, the port from 0 to 65535"};
const text_rule host_rule{is_host_or_address, "HOST or HOST:PORT"};
const text_rule ip_network_rule{[](std::string_view text) { return parse_ip_network(text).has_value(); },
                                "an IP address, or a network such as \"10.0.0.0/8\""};
const text_rule log_level_rule{is_log_level, "\"debug\", \"info\", \"warn\" or \"error\""};
const text_rule metrics_rule{[](std::string_view text) { return text == "token" || text == "loopback"; },
                             "\"token\" or \"loopback\""};
const text_rule storage_url_rule{is_storage_url, "\"sqlite:PATH\" or \"postgresql://...\""};
const text_rule schema_name_rule{is_schema_name, "1 to 63 letters, digits and _, not beginning with pg_"};
const text_rule http_base_rule{is_http_base, "\"https://HOST\", \"http://HOST\", with a :PORT if need be and no path"};
const text_rule region_rule{is_region, "two capital letters, such as \"GB\""};

} // namespace orderly
