#pragma once
// JSON text before the parser sees it: what no store can hold and what no number of ours can hold is rewritten.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// `\u0000` and the escapes of lone surrogates become that of U+FFFD. In text that is no JSON nothing becomes valid by it.
std::string storable_escapes(std::string_view text);

/// What takes the place of a number that is not exact.
enum class stand_in { its_text, zero };

struct exact_text {
  bool changed = false;
  std::string text; ///< if changed: its numbers all fit std::int64_t, std::uint64_t or double, digit for digit
  std::optional<std::size_t> first_inexact; ///< its place among the numbers of the text, from 0; none: all were exact
  std::string found;                        ///< that number as it was written
};
/// A number is exact if its decimal value is that of the text which Boost.JSON writes for the 64-bit integer or the double
/// nearest to it: 1.0, 1.50, 1e2 and -0 are, 2^70, 1e400 and 0.10000000000000001 are not.
exact_text with_exact_numbers(std::string_view text, stand_in what);

} // namespace orderly
