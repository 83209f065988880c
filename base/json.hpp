#pragma once
// JSON at the edges: one parser with one set of limits, one canonical form.

#include "base/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

namespace json = boost::json;

/// Nesting beyond this is refused (DECISIONS "Inputs and dedupe").
inline constexpr std::size_t max_json_depth = 64;

/// What happens to a number that neither a 64-bit integer nor a double gives back digit for digit (DECISIONS "Numbers").
enum class inexact_numbers {
  as_text, ///< kept as a string of its digits: what TikTok sends and what is stored
  refused  ///< invalid_field with its path: what a client sends
};

/// Parses UTF-8 text. `\u0000` and lone surrogates become U+FFFD, because PostgreSQL's jsonb can store neither; the caller keeps
/// the raw bytes. Of members with one name the last counts. Errors: not_json; invalid_field for a number that is refused.
result<json::value> parse_json(std::string_view text, inexact_numbers policy = inexact_numbers::as_text);

/// Keys sorted by bytes, no spaces: equal values give equal bytes.
std::string canonical_json(const json::value& value);

/// Tolerant readers for what TikTok sends: absent, null and the wrong type all give nothing.
std::string_view string_at(const json::object& object, std::string_view key);
/// A string, or a whole number rendered exactly: topics 5, 16 and 37 send ids as numbers (sheet 8, case 18).
std::string id_at(const json::object& object, std::string_view key);
/// A whole number, also one that arrives as a decimal string (sheet 8, case 19).
std::optional<std::int64_t> int_at(const json::object& object, std::string_view key);
std::optional<bool> bool_at(const json::object& object, std::string_view key);
const json::object* object_at(const json::object& object, std::string_view key);
const json::array* array_at(const json::object& object, std::string_view key);
/// The whole number that the text is, if it is one.
std::optional<std::int64_t> whole_number(std::string_view text);

} // namespace orderly
