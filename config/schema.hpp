#pragma once
// One row a key. Parsing, bounds, --print-config, the environment's names and the nearest-key hint all read
// this table.

#include "config/config.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orderly {

/// Where a key's value lives; the pointer's type is the key's type.
using config_field = std::variant<bool*, std::int64_t*, std::string*, std::vector<std::string>*, std::chrono::milliseconds*,
                                  std::chrono::seconds*>;

struct text_rule {
  bool (*accepts)(std::string_view);
  std::string_view allowed; ///< in words, for the message
};

struct key_spec {
  std::string_view key;
  std::string_view by_default; ///< as the environment would write it
  config_field (*at)(config&);
  std::string_view doc;
  std::int64_t min = 0, max = 0;   ///< of numbers; of durations in milliseconds
  const text_rule* rule = nullptr; ///< of texts; none: any text
  bool secret = false;             ///< never shown, and refused inline in a file that others can read
};

/// A key of [[tiktok.shops]]: all of them texts, all required.
struct shop_key_spec {
  std::string_view key;
  std::string shop_config::*at;
  const text_rule* rule;
  std::string_view doc;
};

std::span<const key_spec> config_schema();
std::span<const shop_key_spec> shop_schema();
const key_spec* spec_of(std::string_view key);

/// "a whole number from 1 to 64", "true or false", ...
std::string allowed_of(const key_spec& spec);
/// "tiktok.app_secret" -> "ORDERLY_TIKTOK_APP_SECRET"
std::string environment_name_of(std::string_view key);

} // namespace orderly
