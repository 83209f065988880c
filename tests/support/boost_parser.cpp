#include "tests/support/boost_parser.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace orderly::test {
namespace {

namespace json = boost::json;

std::optional<unsigned> escape_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u')
    return std::nullopt;
  unsigned unit = 0;
  const auto [end, ec] = std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16);
  return ec == std::errc{} && end == text.data() + at + 6 ? std::optional{unit} : std::nullopt;
}

bool is_high(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

std::string storable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto unit = escape_at(text, i);
    const auto second = unit && is_high(*unit) ? escape_at(text, i + 6) : std::nullopt;
    const bool pair = second && is_low(*second);
    const std::size_t length = pair ? 12 : unit ? 6 : text[i] == '\\' ? 2 : 1;
    out += unit && !pair && (*unit == 0 || is_low(*unit) || is_high(*unit)) ? "\\ufffd" : text.substr(i, length);
    i += length;
  }
  return out;
}

bool is_finite(const json::value& value) {
  if (const auto* number = value.if_double())
    return std::isfinite(*number);
  if (const auto* array = value.if_array())
    return std::all_of(array->begin(), array->end(), is_finite);
  if (const auto* object = value.if_object())
    return std::all_of(object->begin(), object->end(), [](const auto& member) { return is_finite(member.value()); });
  return true;
}

} // namespace

std::optional<json::value> parse_with_boost(std::string_view text) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code ec;
  auto value = text.find("\\u") == std::string_view::npos ? json::parse(text, ec, {}, options)
                                                          : json::parse(storable(text), ec, {}, options);
  return ec || !is_finite(value) ? std::nullopt : std::optional{std::move(value)};
}

} // namespace orderly::test
