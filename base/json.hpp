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

/// Parses UTF-8 text. `\u0000` and lone surrogates become U+FFFD, because PostgreSQL's jsonb can store neither;
/// the caller keeps the raw bytes. Errors: not_json, also for a number too large for a double.
result<json::value> parse_json(std::string_view text);

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

} // namespace orderly
