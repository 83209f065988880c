#pragma once
// toml11 changed between version 3 (Debian 12) and 4 (Debian 13): what differs stands here. For toml_file.cpp
// only.

#include <toml.hpp>

#include <sstream>
#include <string>

#if __has_include(<toml11/version.hpp>)
#define ORDERLY_TOML11_V4 1
#endif

namespace orderly::toml_versions {

#ifdef ORDERLY_TOML11_V4
inline int line_of(const toml::value& value) { return static_cast<int>(value.location().first_line_number()); }
inline int line_of(const toml::syntax_error& error) {
  return error.errors().empty() || error.errors().front().locations().empty()
             ? 0
             : static_cast<int>(error.errors().front().locations().front().first.first_line_number());
}
inline std::string text_of(const toml::value& value) { return value.as_string(); }
#else
inline int line_of(const toml::value& value) { return static_cast<int>(value.location().line()); }
inline int line_of(const toml::syntax_error& error) { return static_cast<int>(error.location().line()); }
inline std::string text_of(const toml::value& value) { return value.as_string().str; }
#endif

inline toml::value parse(const std::string& text) {
  std::istringstream stream(text);
  return toml::parse(stream, "file");
}

} // namespace orderly::toml_versions
