#include "config/toml_bounds.hpp"

#include <algorithm>

namespace orderly {
namespace {

/// Walks over a text from its opening quote, counting lines; the position after it.
std::size_t after_text(std::string_view all, std::size_t at, int& line) {
  const char quote = all[at];
  const std::string_view three = quote == '"' ? "\"\"\"" : "'''";
  const bool is_long = all.substr(at).starts_with(three);
  const auto end = is_long ? three : three.substr(0, 1);
  for (at += end.size(); at < all.size(); ++at) {
    if (all.substr(at).starts_with(end))
      return at + end.size();
    if (all[at] == '\\' && quote == '"')
      ++at;
    if (at < all.size() && all[at] == '\n') {
      ++line;
      if (!is_long) // no TOML, since a text ends on its line
        return at + 1;
    }
  }
  return at;
}

std::string too_many(const char* what, int allowed) { return std::string{what} + "; allowed: " + std::to_string(allowed); }

} // namespace

std::optional<toml_excess> excess_of(std::string_view text) {
  int line = 1, depth = 0, dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = after_text(text, at, line);
      continue;
    }
    if (c == '#')
      at = std::min(text.find('\n', at), text.size() - 1);
    if (text[at] == '\n') {
      ++line;
      dots = 0;
    }
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    dots += c == '.';
    if (depth > toml_bounds::nesting)
      return toml_excess{line, too_many("arrays and tables nest too deep", toml_bounds::nesting)};
    if (dots > toml_bounds::parts_of_key)
      return toml_excess{line, too_many("a key has too many parts", toml_bounds::parts_of_key)};
    ++at;
  }
  return std::nullopt;
}

} // namespace orderly
