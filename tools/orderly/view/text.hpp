#pragma once
// Text for a terminal: what may be shown there, how wide it is, how numbers and times are said. Pure; UTF-8 in, UTF-8 out.

#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly::view {

/// How a page is set: nothing here asks the terminal or the clock.
struct style {
  std::size_t width = 80; ///< cells, at which text is broken
  bool bounded = false;   ///< a screen: no row of a table is longer; else rows are as long as they are
  bool utf8 = false;      ///< else ASCII only
  timestamp now{};        ///< ages are as of it

  /// Glyphs and box lines are for people: what a program reads has none.
  [[nodiscard]] bool draws() const { return utf8 && bounded; }
};
using lines = std::vector<std::string>;

/// What a terminal would take as an order to itself (control characters, turned writing direction), and what is no UTF-8, becomes
/// '?', a line end or tab a blank; without UTF-8 so does everything beyond ASCII.
std::string printable(std::string_view text, bool utf8);
/// Each line printable; nothing is cut, so that a command stays one that can be copied.
lines shown(lines page, const style& by);
/// Each line printable and, on a screen, cut to its width.
lines set(lines page, const style& by);

/// The cells that printable text takes: East Asian wide ones two, combining ones none.
std::size_t cells(std::string_view text);
/// At most `width` cells, the end replaced by "..." when there is more.
std::string cut(std::string_view text, std::size_t width);
/// An id from its right end: "...785752", the last six characters; as it is when that saves nothing.
std::string short_id(std::string_view id);
std::string padded(std::string text, std::size_t width);        ///< blanks behind
std::string right_aligned(std::string text, std::size_t width); ///< blanks before
/// Lines of at most `width` cells, broken at blanks where there are any; those after the first begin with `indent` blanks.
lines wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

std::string amount(std::int64_t number);               ///< "8,204"
std::string duration(std::chrono::microseconds time);  ///< three digits at most: "0.4 ms", "1.2 s", "5 min", "3 h", "12 d"
std::string milliseconds(std::optional<double> ms);    ///< the same of milliseconds, "-" when unknown
std::string rate(std::optional<double> per_second);    ///< "212", "4.1", "-"
std::string plain_number(std::optional<double> value); ///< one decimal, "-" when unknown: for programs that read columns
std::string age(timestamp at, timestamp now);          ///< whole units: "now", "12 s", "5 min"; of what is to come: "in 5 min"
std::string due(timestamp at, timestamp now);          ///< "in 52 min", "late 12 min"
std::string moment(timestamp at);                      ///< "2026-11-27 20:14:45 UTC"
std::string words(std::string_view name); ///< "AWAITING_SHIPMENT", "tiktok_hold" -> "awaiting shipment", "tiktok hold"

} // namespace orderly::view
