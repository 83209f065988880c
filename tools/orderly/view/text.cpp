#include "tools/orderly/view/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace orderly::view {
namespace {

struct code_point {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The one that `text` begins with; shortest forms only, no surrogates. Precondition: not empty.
code_point first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80)
    return {lead, 1, true};
  const std::size_t bytes = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (bytes == 0 || lead >= 0xf5 || text.size() < bytes)
    return {};
  char32_t value = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0u) != 0x80)
      return {};
    value = (value << 6) | (next & 0x3fu);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (value < least.at(bytes) || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
    return {};
  return {value, bytes, true};
}

struct range {
  char32_t first, last;
};
template <std::size_t N>
bool is_in(const std::array<range, N>& ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [value](const range& r) { return value >= r.first && value <= r.last; });
}

/// C1 controls, marks that turn the direction of what follows, line and paragraph separators, the byte order mark.
constexpr std::array<range, 6> not_shown{
    {{0x7f, 0x9f}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}}};
constexpr std::array<range, 5> without_width{
    {{0x300, 0x36f}, {0x200b, 0x200d}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}}};
constexpr std::array<range, 9> wide{{{0x1100, 0x115f},
                                     {0x2e80, 0xa4cf},
                                     {0xac00, 0xd7a3},
                                     {0xf900, 0xfaff},
                                     {0xfe30, 0xfe6f},
                                     {0xff00, 0xff60},
                                     {0xffe0, 0xffe6},
                                     {0x1f300, 0x1faff},
                                     {0x20000, 0x3fffd}}};

std::size_t width_of(char32_t value) { return is_in(without_width, value) ? 0 : is_in(wide, value) ? 2 : 1; }

/// The longest beginning of `text` that takes at most `width` cells.
std::string_view beginning(std::string_view text, std::size_t width) {
  std::size_t bytes = 0, taken = 0;
  while (bytes < text.size()) {
    const auto next = first_of(text.substr(bytes));
    taken += width_of(next.value);
    if (taken > width)
      break;
    bytes += next.bytes;
  }
  return text.substr(0, bytes);
}

template <class Number>
std::string with_one_decimal(Number value) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%.1f", static_cast<double>(value));
  return out.data();
}

std::string three_digits(double value) {
  return value < 99.95 ? with_one_decimal(value) : std::to_string(std::llround(std::min(value, 1e15)));
}

struct unit {
  double microseconds;
  const char* name;
  double up_to; ///< what is more is said in the next one
};
constexpr std::array<unit, 5> units{
    {{1e3, " ms", 999.5e3}, {1e6, " s", 60e6}, {60e6, " min", 3600e6}, {3600e6, " h", 48 * 3600e6}, {86400e6, " d", 1e300}}};

/// Whole units, rounded down: what is three days and a half old is "3 d".
std::string whole(std::chrono::microseconds time) {
  const auto us = static_cast<double>(time.count());
  for (const auto& each : units)
    if (each.microseconds >= 1e6 && us < each.up_to)
      return std::to_string(static_cast<std::int64_t>(us / each.microseconds)) + each.name;
  return {};
}

} // namespace

std::string printable(std::string_view text, bool utf8) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_of(text);
    const auto bytes = text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
    if (next.value == '\t' || next.value == '\n' || next.value == '\r')
      out += ' ';
    else if (!next.valid || next.value < 0x20 || is_in(not_shown, next.value) || (!utf8 && next.value > 0x7e))
      out += '?';
    else
      out += bytes;
  }
  return out;
}

lines shown(lines page, const style& by) {
  for (auto& line : page) {
    line = printable(line, by.utf8);
    line.erase(line.find_last_not_of(' ') + 1);
  }
  return page;
}

lines set(lines page, const style& by) {
  page = shown(std::move(page), by);
  for (auto& line : page)
    if (by.bounded)
      line = cut(line, by.width);
  return page;
}

std::size_t cells(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const auto next = first_of(text);
    sum += width_of(next.value);
    text.remove_prefix(next.bytes);
  }
  return sum;
}

std::string cut(std::string_view text, std::size_t width) {
  if (cells(text) <= width)
    return std::string{text};
  if (width <= 3)
    return std::string{beginning(text, width)};
  return std::string{beginning(text, width - 3)} + "...";
}

std::string short_id(std::string_view id) {
  constexpr std::size_t kept = 6;
  if (id.size() <= kept + 3)
    return std::string{id};
  return "..." + std::string{id.substr(id.size() - kept)};
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, cells(text)), ' ');
  return text;
}

std::string right_aligned(std::string text, std::size_t width) {
  text.insert(0, width - std::min(width, cells(text)), ' ');
  return text;
}

lines wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  lines out;
  const std::string before(indent, ' ');
  while (!text.empty()) {
    const std::size_t room = out.empty() ? width : width - std::min(width - 1, indent);
    auto taken = beginning(text, std::max<std::size_t>(room, 2));
    if (taken.size() < text.size() && text[taken.size()] != ' ') {
      const auto blank = taken.find_last_of(' ');
      if (blank != std::string_view::npos && blank > taken.find_first_not_of(' '))
        taken = taken.substr(0, blank);
    }
    text.remove_prefix(taken.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    out.push_back((out.empty() ? std::string{} : before) + std::string{taken});
  }
  return out;
}

std::string amount(std::int64_t number) {
  auto digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (auto at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string duration(std::chrono::microseconds time) {
  const auto us = std::max(0.0, static_cast<double>(time.count()));
  for (const auto& each : units)
    if (us < each.up_to) {
      const double value = us / each.microseconds;
      return (each.microseconds > 1e6 ? std::to_string(static_cast<std::int64_t>(value)) : three_digits(value)) + each.name;
    }
  return {};
}

std::string milliseconds(std::optional<double> ms) {
  if (!ms || !std::isfinite(*ms))
    return "-";
  return duration(std::chrono::microseconds{std::llround(std::min(*ms, 1e14) * 1e3)});
}

std::string rate(std::optional<double> per_second) {
  return per_second && std::isfinite(*per_second) ? three_digits(*per_second) : "-";
}

std::string plain_number(std::optional<double> value) { return value && std::isfinite(*value) ? with_one_decimal(*value) : "-"; }

std::string age(timestamp at, timestamp now) {
  using std::chrono::seconds;
  if (at - now >= seconds{1})
    return "in " + whole(at - now);
  return now - at < seconds{1} ? "now" : whole(now - at);
}

std::string due(timestamp at, timestamp now) { return at >= now ? "in " + whole(at - now) : "late " + whole(now - at); }

std::string moment(timestamp at) {
  auto text = to_rfc3339(at).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

std::string words(std::string_view name) {
  std::string out{name};
  for (auto& c : out)
    c = c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

} // namespace orderly::view
