#pragma once
// A TOML file as a flat list, so that toml11 stays inside one source file.

#include "config/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderly {

struct toml_entry {
  std::string key; ///< "storage.url"; in arrays of tables "tiktok.shops[0].id"; what is no bare key in quotes
  int line = 0;
  config_value value;
  bool is_table = false; ///< a table stands before its members
};
struct toml_syntax_error {
  int line = 0;
  std::string what;
};
struct toml_document {
  std::vector<toml_entry> entries; ///< tables before their members, else by line
  std::vector<toml_syntax_error> errors;
};

/// A basic string of TOML.
std::string toml_text(std::string_view text);

toml_document parse_toml(const std::string& text);

} // namespace orderly
