#pragma once
// What a parser that recurses must not be given: toml11 walks each level of nesting and each part of a dotted key on the stack.

#include <optional>
#include <string>
#include <string_view>

namespace orderly {

struct toml_bounds {
  static constexpr int nesting = 32;      ///< of arrays and inline tables
  static constexpr int parts_of_key = 32; ///< dots of a line outside texts
};

struct toml_excess {
  int line = 0;
  std::string what; ///< "nests 33 levels deep; 32 are allowed"
};

/// The first place that exceeds a bound. Of what is no TOML it may say anything: the parser judges that.
std::optional<toml_excess> excess_of(std::string_view text);

} // namespace orderly
