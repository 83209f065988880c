#include "base/json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace orderly {
namespace {

constexpr std::string_view replacement = "\\ufffd";

/// The code unit of the `\uXXXX` at `at`, or nothing.
std::optional<unsigned> escape_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u')
    return std::nullopt;
  unsigned unit = 0;
  const auto [end, ec] = std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16);
  if (ec != std::errc{} || end != text.data() + at + 6)
    return std::nullopt;
  return unit;
}

bool is_high(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

/// Rewrites escapes that no store can hold. A backslash stands only inside strings in valid JSON, so no
/// tokeniser is needed; in invalid JSON the rewrite changes nothing about its being invalid.
std::string storable_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    const auto unit = escape_at(text, i);
    if (!unit) {
      out += text.substr(i, 2); // a two-character escape: its second half may be a backslash
      i += 2;
    } else if (*unit == 0 || is_low(*unit)) {
      out += replacement;
      i += 6;
    } else if (is_high(*unit)) {
      const auto second = escape_at(text, i + 6);
      const bool pair = second && is_low(*second);
      out += pair ? text.substr(i, 12) : replacement;
      i += pair ? 12 : 6;
    } else {
      out += text.substr(i, 6);
      i += 6;
    }
  }
  return out;
}

/// The parser lets a number that no double holds become infinity, which is no JSON when it is written.
bool is_finite(const json::value& value) {
  if (const auto* number = value.if_double())
    return std::isfinite(*number);
  if (const auto* array = value.if_array())
    return std::all_of(array->begin(), array->end(), is_finite);
  if (const auto* object = value.if_object())
    return std::all_of(object->begin(), object->end(), [](const auto& member) { return is_finite(member.value()); });
  return true;
}

void write_canonical(const json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    std::vector<const json::key_value_pair*> members;
    members.reserve(object->size());
    for (const auto& member : *object)
      members.push_back(&member);
    std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return a->key() < b->key(); });
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0)
        out += ',';
      out += json::serialize(json::string_view{members[i]->key()});
      out += ':';
      write_canonical(members[i]->value(), out);
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0)
        out += ',';
      write_canonical((*array)[i], out);
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

} // namespace

result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_json_depth;
  boost::system::error_code ec;
  json::value value;
  if (text.find("\\u") == std::string_view::npos)
    value = json::parse(text, ec, {}, options);
  else
    value = json::parse(storable_escapes(text), ec, {}, options);
  if (ec)
    return error{error_code::not_json, "the body is not JSON: " + ec.message(), {}};
  if (!is_finite(value))
    return error{error_code::not_json, "the body has a number beyond what can be kept: at most 1.797e308", {}};
  return value;
}

std::string canonical_json(const json::value& value) {
  std::string out;
  write_canonical(value, out);
  return out;
}

std::string_view string_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string_view{text->data(), text->size()} : std::string_view{};
}

std::string id_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value)
    return {};
  if (const auto* text = value->if_string())
    return std::string{text->data(), text->size()};
  if (value->is_int64() || value->is_uint64())
    return json::serialize(*value);
  return {};
}

std::optional<std::int64_t> int_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value)
    return std::nullopt;
  if (const auto* number = value->if_int64())
    return *number;
  if (const auto* text = value->if_string())
    return whole({text->data(), text->size()});
  return std::nullopt;
}

std::optional<bool> bool_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag ? std::optional{*flag} : std::nullopt;
}

const json::object* object_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value ? value->if_object() : nullptr;
}

const json::array* array_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value ? value->if_array() : nullptr;
}

} // namespace orderly
