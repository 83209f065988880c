#pragma once
// What a text in the configuration may look like.

#include "config/schema.hpp"

#include <string>
#include <string_view>

namespace orderly {

extern const text_rule not_empty_rule;
extern const text_rule token_rule; ///< printable ASCII without blanks
extern const text_rule token_or_empty_rule;
extern const text_rule address_rule;    ///< HOST:PORT
extern const text_rule host_rule;       ///< HOST or HOST:PORT
extern const text_rule ip_network_rule; ///< an address or a network
extern const text_rule log_level_rule;
extern const text_rule metrics_rule;
extern const text_rule storage_url_rule; ///< empty: the default
extern const text_rule schema_name_rule; ///< as it stands in PostgreSQL, without quotes
extern const text_rule http_base_rule;   ///< scheme, host and optional port, no path
extern const text_rule region_rule;      ///< ISO 3166 alpha-2

/// Where a secret is not what token_rule takes: "byte 0xEF at place 1 (a byte order mark)"; empty where it is. Never shows more
/// of the secret than that byte.
std::string wrong_byte_of_secret(std::string_view text);

} // namespace orderly
