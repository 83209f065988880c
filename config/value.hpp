#pragma once
// A value on its way from TOML, the environment or a flag to its field.

#include "config/schema.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orderly {

/// What no key takes, by its name: "a date", "a table".
struct other_value {
  std::string kind;
};
using config_value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>, other_value>;

/// A number and ms, s, m or h: "500ms", "2.5s", "1h". Whole milliseconds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest such text.
std::string format_duration(std::chrono::milliseconds value);

/// The environment and flags give text: it becomes what the key's type asks for, or stays a text. Lists are
/// separated by commas.
config_value value_from_text(const key_spec& spec, const std::string& text);
/// False: the value has the wrong type or is not allowed, and `into` is as before.
bool assign(const key_spec& spec, const config_value& value, config& into);

/// For messages: the value as it was written; of secrets only the kind.
std::string describe(const config_value& value, bool secret);
/// Passwords inside a URL become "***".
std::string without_password(const std::string& url);
bool has_password(const std::string& url);

} // namespace orderly
