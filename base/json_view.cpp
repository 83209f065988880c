// The only file that knows the parser.
#include "base/json_view.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <bit>
#include <simdjson.h>

namespace orderly {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t first_capacity = std::size_t{16} << 10; // bytes of text
/// What a thread keeps; a parser holds some fourteen times as much.
constexpr std::size_t kept_capacity = std::size_t{128} << 10;

error not_json(std::string_view why) { return {error_code::not_json, "the body is not JSON: " + std::string{why}, {}}; }
error too_deep() { return not_json("it nests deeper than " + std::to_string(max_json_depth) + " levels"); }

/// At most 200 bytes of it, cut between two characters.
std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 200;
  if (text.size() <= longest)
    return std::string{text};
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return std::string{text.substr(0, end)} + "...";
}

error inexact(std::string_view path, std::string_view found) {
  const auto field = shortened(path);
  const std::string allowed =
      "a number that a 64-bit integer or a double gives back digit for digit; one with more digits can be sent as a string";
  error e{error_code::invalid_field, "The field \"" + field + "\" must be " + allowed + ".", {}};
  e.details = {{"field", field}, {"found", shortened(found)}, {"allowed", allowed}};
  return e;
}

struct survey {
  bool has_double = false;
  bool too_deep = false;
};
/// @param depth levels that are left
void look_at(dom::element value, std::size_t depth, survey& seen) {
  switch (value.type()) {
  case dom::element_type::ARRAY:
    if (depth == 0)
      seen.too_deep = true;
    else
      for (const auto item : dom::array{value.get_array().value_unsafe()})
        look_at(item, depth - 1, seen);
    break;
  case dom::element_type::OBJECT:
    if (depth == 0)
      seen.too_deep = true;
    else
      for (const auto member : dom::object{value.get_object().value_unsafe()})
        look_at(member.value, depth - 1, seen);
    break;
  case dom::element_type::DOUBLE: seen.has_double = true; break;
  default: break;
  }
}

/// The path of the number before which `left` others stand; false, and `left` less those within, if it is not within.
bool path_to_number(dom::element value, std::size_t& left, std::string& path) {
  const auto before = path.size();
  switch (value.type()) {
  case dom::element_type::ARRAY: {
    std::size_t index = 0;
    for (const auto item : dom::array{value.get_array().value_unsafe()}) {
      path.append("[").append(std::to_string(index++)).append("]");
      if (path_to_number(item, left, path))
        return true;
      path.resize(before);
    }
    return false;
  }
  case dom::element_type::OBJECT:
    for (const auto member : dom::object{value.get_object().value_unsafe()}) {
      path.append(before == 0 ? "" : ".").append(member.key);
      if (path_to_number(member.value, left, path))
        return true;
      path.resize(before);
    }
    return false;
  case dom::element_type::INT64:
  case dom::element_type::UINT64:
  case dom::element_type::DOUBLE: return left-- == 0;
  default: return false;
  }
}

json::value stored(dom::element value);

json::value stored(dom::array items) {
  json::array out;
  out.reserve(items.size());
  for (const auto item : items)
    out.emplace_back(stored(item));
  return out;
}

json::value stored(dom::object members) {
  json::object out;
  out.reserve(members.size());
  for (const auto member : members)
    out.insert_or_assign(member.key, stored(member.value));
  return out;
}

json::value stored(dom::element value) {
  switch (value.type()) {
  case dom::element_type::ARRAY: return stored(dom::array{value.get_array().value_unsafe()});
  case dom::element_type::OBJECT: return stored(dom::object{value.get_object().value_unsafe()});
  case dom::element_type::INT64: return value.get_int64().value_unsafe();
  case dom::element_type::UINT64: return value.get_uint64().value_unsafe();
  case dom::element_type::DOUBLE: return value.get_double().value_unsafe();
  case dom::element_type::STRING: return json::string{value.get_string().value_unsafe()};
  case dom::element_type::BOOL: return value.get_bool().value_unsafe();
  case dom::element_type::NULL_VALUE: break;
  }
  return nullptr;
}

std::optional<std::string_view> text_of(dom::element value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? std::optional{text} : std::nullopt;
}

} // namespace

/// Views are the parser's own handles with another name, so that its header is needed in this file alone.
struct json_places {
  struct handle {
    const void* text;
    std::size_t place;
  };
  template <class Handle>
  static Handle handle_of(json_view view) {
    static_assert(std::is_trivially_copyable_v<Handle> && sizeof(Handle) == sizeof(handle));
    return std::bit_cast<Handle>(handle{view.text_, view.place_});
  }
  template <class Handle>
  static json_view view_of(Handle one) {
    const auto raw = std::bit_cast<handle>(one);
    json_view view;
    view.text_ = raw.text;
    view.place_ = raw.place;
    return view;
  }
  static json_view& at(json_items::iterator& iterator) { return iterator.at_; }
  static json_items items(dom::array array) {
    json_items all;
    all.begin_.at_ = view_of(array.begin());
    all.end_.at_ = view_of(array.end());
    return all;
  }
};

struct parsed_json::parser {
  dom::parser inner;
  dom::element root;

  simdjson::error_code parse(std::string_view text) {
    if (text.empty())
      return simdjson::EMPTY;
    if (text.starts_with("\xef\xbb\xbf")) // some versions skip it
      return simdjson::TAPE_ERROR;
    if (inner.capacity() < text.size() || inner.capacity() == 0) {
      // One level more than is allowed, because it does not count an empty object or array.
      const auto failure = inner.allocate(std::max(first_capacity, std::bit_ceil(text.size())), max_json_depth + 1);
      if (failure != simdjson::SUCCESS)
        return failure;
    }
    return inner.parse(text.data(), text.size()).get(root); // into a padded buffer that it keeps
  }
};

namespace {

/// Nothing if the text was read.
std::optional<error> failure_of(simdjson::error_code code) {
  switch (code) {
  case simdjson::SUCCESS: return std::nullopt;
  case simdjson::DEPTH_ERROR: return too_deep();
  case simdjson::UTF8_ERROR: return not_json("it is not UTF-8");
  case simdjson::EMPTY: return not_json("it is empty");
  default: return not_json(simdjson::error_message(code));
  }
}

} // namespace

struct parsed_json::kept {
  static std::unique_ptr<parser>& of_this_thread() {
    thread_local std::unique_ptr<parser> one;
    return one;
  }
};

parsed_json::parsed_json() : parser_(kept::of_this_thread() ? kept::of_this_thread().release() : new parser) {}

void parsed_json::giver_back::operator()(parser* one) const {
  std::unique_ptr<parser> owned{one};
  if (one->inner.capacity() <= kept_capacity)
    kept::of_this_thread() = std::move(owned);
}

result<parsed_json> parsed_json::read(std::string_view text, inexact_numbers policy) {
  parsed_json out;
  auto& parser = *out.parser_;
  std::string escaped;
  if (text.find("\\u") != std::string_view::npos)
    text = escaped = storable_escapes(text);
  auto code = parser.parse(text);
  survey seen;
  if (code == simdjson::SUCCESS)
    look_at(parser.root, max_json_depth, seen);
  if (seen.too_deep || code == simdjson::DEPTH_ERROR)
    return too_deep();
  if (code == simdjson::SUCCESS && !seen.has_double)
    return out; // integers are exact by themselves
  const auto numbers = with_exact_numbers(text, policy == inexact_numbers::as_text ? stand_in::its_text : stand_in::zero);
  if (numbers.changed) {
    code = parser.parse(numbers.text);
    if (code == simdjson::SUCCESS)
      look_at(parser.root, max_json_depth, seen);
  }
  if (auto failure = seen.too_deep ? too_deep() : failure_of(code))
    return *failure;
  if (policy == inexact_numbers::as_text || !numbers.first_inexact)
    return out;
  std::string path;
  auto left = *numbers.first_inexact;
  path_to_number(parser.root, left, path);
  return inexact(path.empty() ? "(body)" : path, numbers.found);
}

bool json_view::is_object() const { return *this && json_places::handle_of<dom::element>(*this).is_object(); }

json_view parsed_json::root() const { return json_places::view_of(parser_->root); }

json_items::iterator& json_items::iterator::operator++() {
  auto place = json_places::handle_of<dom::array::iterator>(at_);
  at_ = json_places::view_of(++place);
  return *this;
}

json::value value_of(json_view view) { return view ? stored(json_places::handle_of<dom::element>(view)) : json::value{}; }

json_view member_at(json_view object, std::string_view key) {
  dom::object members;
  if (!object || json_places::handle_of<dom::element>(object).get(members) != simdjson::SUCCESS)
    return {};
  json_view last;
  for (const auto member : members)
    if (member.key == key)
      last = json_places::view_of(member.value);
  return last;
}

std::string_view string_at(json_view object, std::string_view key) {
  const auto member = member_at(object, key);
  return member ? text_of(json_places::handle_of<dom::element>(member)).value_or("") : "";
}

std::string id_of(json_view view) {
  if (!view)
    return {};
  const auto value = json_places::handle_of<dom::element>(view);
  if (value.is_int64())
    return std::to_string(value.get_int64().value_unsafe());
  if (value.is_uint64())
    return std::to_string(value.get_uint64().value_unsafe());
  return std::string{text_of(value).value_or("")};
}

std::string id_at(json_view object, std::string_view key) { return id_of(member_at(object, key)); }

std::optional<std::int64_t> int_at(json_view object, std::string_view key) {
  const auto member = member_at(object, key);
  if (!member)
    return std::nullopt;
  const auto value = json_places::handle_of<dom::element>(member);
  if (std::int64_t number = 0; value.get_int64().get(number) == simdjson::SUCCESS)
    return number;
  const auto text = text_of(value);
  return text ? whole_number(*text) : std::nullopt;
}

std::optional<bool> bool_at(json_view object, std::string_view key) {
  const auto member = member_at(object, key);
  bool flag = false;
  if (!member || json_places::handle_of<dom::element>(member).get_bool().get(flag) != simdjson::SUCCESS)
    return std::nullopt;
  return flag;
}

json_view object_at(json_view object, std::string_view key) {
  const auto member = member_at(object, key);
  return member.is_object() ? member : json_view{};
}

json_items items_at(json_view object, std::string_view key) {
  const auto member = member_at(object, key);
  dom::array items;
  if (!member || json_places::handle_of<dom::element>(member).get(items) != simdjson::SUCCESS)
    return {};
  return json_places::items(items);
}

} // namespace orderly
