#include "base/json.hpp"

#include "base/json_view.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace orderly {
namespace {

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

} // namespace

result<json::value> parse_json(std::string_view text, inexact_numbers policy) {
  const auto parsed = parsed_json::read(text, policy);
  if (!parsed)
    return parsed.error();
  return value_of(parsed->root());
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
    return whole_number({text->data(), text->size()});
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

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

} // namespace orderly
