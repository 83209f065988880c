#include "config/toml_file.hpp"

#include "config/toml_bounds.hpp"
#include "config/toml_versions.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <utility>

namespace orderly {
namespace {

bool all_are(const toml::array& array, bool (toml::value::*is)() const noexcept) {
  return !array.empty() && std::all_of(array.begin(), array.end(), [&](const auto& value) { return (value.*is)(); });
}

config_value value_of(const toml::value& value) {
  if (value.is_boolean())
    return value.as_boolean();
  if (value.is_integer())
    return std::int64_t{value.as_integer()};
  if (value.is_floating())
    return value.as_floating();
  if (value.is_string())
    return toml_versions::text_of(value);
  if (!value.is_array())
    return other_value{value.is_table() ? "a table" : "a date or time"};
  std::vector<std::string> texts;
  for (const auto& element : value.as_array()) {
    if (!element.is_string())
      return other_value{"an array"};
    texts.push_back(toml_versions::text_of(element));
  }
  return texts;
}

bool is_bare(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// A name that a file must quote stays quoted: "shops[0]" is a key of its own, no member of an array.
std::string joined(const std::string& key, const std::string& name) {
  return (key.empty() ? "" : key + ".") + (is_bare(name) ? name : toml_text(name));
}

/// Recursion is bounded by the file's own nesting, which toml11 has already walked.
void flatten(const std::string& key, const toml::value& value, std::vector<toml_entry>& into) {
  if (value.is_table()) {
    if (!key.empty())
      into.push_back({key, toml_versions::line_of(value), other_value{"a table"}, true});
    std::vector<std::pair<std::string, const toml::value*>> members;
    for (const auto& [name, member] : value.as_table())
      members.emplace_back(name, &member);
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return std::pair{toml_versions::line_of(*a.second), a.first} < std::pair{toml_versions::line_of(*b.second), b.first};
    });
    for (const auto& [name, member] : members)
      flatten(joined(key, name), *member, into);
  } else if (value.is_array() && all_are(value.as_array(), &toml::value::is_table)) {
    std::size_t index = 0;
    for (const auto& element : value.as_array())
      flatten(key + "[" + std::to_string(index++) + "]", element, into);
  } else {
    into.push_back({key, toml_versions::line_of(value), value_of(value), false});
  }
}

/// toml11 draws a picture of the place over several lines; its first line says what is wrong.
std::string first_line(std::string text) {
  text = text.substr(0, text.find('\n'));
  for (const std::string_view prefix : {"[error] ", "toml::"})
    if (text.starts_with(prefix))
      text.erase(0, prefix.size());
  return text;
}

} // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

toml_document parse_toml(const std::string& text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf"; // what editors of Windows put before a text
  toml_document document;
  if (const auto excess = excess_of(text)) {
    document.errors.push_back({excess->line, excess->what});
    return document;
  }
  try {
    flatten("", toml_versions::parse(text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text),
            document.entries);
  } catch (const toml::syntax_error& error) {
    document.errors.push_back({toml_versions::line_of(error), first_line(error.what())});
  } catch (const std::exception& error) { // numbers out of range and the like
    document.errors.push_back({0, first_line(error.what())});
  }
  return document;
}

} // namespace orderly
