#include "base/json_text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace orderly {
namespace {

constexpr std::string_view replacement = "\\ufffd";
constexpr std::string_view number_characters = "0123456789+-.eE";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

/// A number of JSON as (-1)^negative * 0.DIGITS * 10^magnitude: one form for each value. Zero has no digits.
struct decimal {
  bool negative = false;
  std::string digits; ///< neither begins nor ends with 0
  std::int64_t magnitude = 0;
  bool whole = true; ///< written without fraction and exponent; no part of the value

  [[nodiscard]] bool same_value(const decimal& other) const {
    return digits == other.digits && (digits.empty() || (negative == other.negative && magnitude == other.magnitude));
  }
};

/// Takes the digits that `text` begins with off it.
std::string_view take_digits(std::string_view& text) {
  const auto count = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const auto digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

/// Nothing if it has no digits. Beyond 10^15 all exponents are one: no body is long enough to make up for them.
std::optional<std::int64_t> take_exponent(std::string_view& text) {
  const bool negative = text.substr(0, 1) == "-";
  if (negative || text.substr(0, 1) == "+")
    text.remove_prefix(1);
  const auto digits = take_digits(text);
  if (digits.empty())
    return std::nullopt;
  constexpr std::int64_t most = 1'000'000'000'000'000;
  std::int64_t exponent = 0;
  for (char c : digits)
    exponent = std::min(exponent * 10 + (c - '0'), most);
  return negative ? -exponent : exponent;
}

/// Nothing if it is no number of JSON.
std::optional<decimal> decimal_from(std::string_view text) {
  decimal out;
  out.negative = text.substr(0, 1) == "-";
  if (out.negative)
    text.remove_prefix(1);
  const auto whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0'))
    return std::nullopt;
  out.digits = whole;
  out.magnitude = static_cast<std::int64_t>(whole.size());
  if (text.substr(0, 1) == ".") {
    out.whole = false;
    text.remove_prefix(1);
    const auto fraction = take_digits(text);
    if (fraction.empty())
      return std::nullopt;
    out.digits += fraction;
  }
  if (text.substr(0, 1) == "e" || text.substr(0, 1) == "E") {
    out.whole = false;
    text.remove_prefix(1);
    const auto exponent = take_exponent(text);
    if (!exponent)
      return std::nullopt;
    out.magnitude += *exponent;
  }
  if (!text.empty())
    return std::nullopt;
  const auto first = std::min(out.digits.find_first_not_of('0'), out.digits.size());
  out.digits.erase(0, first);
  out.magnitude -= static_cast<std::int64_t>(first);
  out.digits.erase(out.digits.find_last_not_of('0') + 1);
  return out;
}

template <class Number>
bool holds(std::string_view text) {
  Number number{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size();
}

bool double_gives_back(std::string_view text, const decimal& value) {
  double nearest = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), nearest);
  if (ec != std::errc{})
    return value.digits.empty(); // 0e999; else too large, or too small to be told from zero
  const auto written = decimal_from(boost::json::serialize(boost::json::value(nearest)));
  return written && written->same_value(value);
}

enum class fit { as_it_is, as_double, none };

/// How a number can be kept; what is no number is left to the parser to refuse.
fit fit_of(std::string_view text) {
  const auto value = decimal_from(text);
  if (!value || (value->whole && (holds<std::int64_t>(text) || holds<std::uint64_t>(text))))
    return fit::as_it_is;
  if (!double_gives_back(text, *value))
    return fit::none;
  return value->whole ? fit::as_double : fit::as_it_is;
}

/// The place after the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (at = text.find_first_of("\"\\", at + 1); at != std::string_view::npos; at = text.find_first_of("\"\\", at + 2))
    if (text[at] == '"')
      return at + 1;
  return text.size();
}

/// A number there is no JSON, and must not become any by standing between quotes.
bool is_in_place_of_a_key(std::string_view text, std::size_t end) {
  const auto next = text.find_first_not_of(" \t\r\n", end);
  return next != std::string_view::npos && text[next] == ':';
}

} // namespace

std::string storable_escapes(std::string_view text) {
  // A backslash stands only inside strings in valid JSON, so no tokeniser is needed.
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      const auto next = std::min(text.find('\\', i), text.size());
      out += text.substr(i, next - i);
      i = next;
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

exact_text with_exact_numbers(std::string_view text, stand_in what) {
  exact_text out;
  std::size_t copied = 0, count = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      i = end_of_string(text, i);
      continue;
    }
    if (text[i] != '-' && !is_digit(text[i])) {
      ++i;
      continue;
    }
    const auto end = std::min(text.find_first_not_of(number_characters, i), text.size());
    const auto number = text.substr(i, end - i);
    const auto how = is_in_place_of_a_key(text, end) ? fit::as_it_is : fit_of(number);
    if (how != fit::as_it_is) {
      out.changed = true;
      out.text += text.substr(copied, i - copied);
      copied = end;
      if (how == fit::as_double)
        out.text.append(number).append("e0"); // more digits than the parser takes for an integer
      else if (what == stand_in::zero)
        out.text += '0';
      else
        out.text.append("\"").append(number).append("\"");
    }
    if (how == fit::none && !out.first_inexact) {
      out.first_inexact = count;
      out.found = number;
    }
    ++count;
    i = end;
  }
  if (out.changed)
    out.text += text.substr(copied);
  return out;
}

} // namespace orderly
