#include "storage/cursor.hpp"

#include <charconv>
#include <optional>

namespace orderly {
namespace {

// A letter for the kind of list, then numbers of 16 hex digits and the id as it is written.
constexpr char list_mark = 'l', timeline_mark = 't', pending_mark = 'p', dead_letter_mark = 'd';
constexpr std::size_t number_size = 16, id_size = 36;

void put_number(std::string& out, std::int64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto bits = static_cast<std::uint64_t>(number);
  for (int shift = 60; shift >= 0; shift -= 4)
    out += digits[(bits >> shift) & 15];
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  if (text.size() < number_size)
    return std::nullopt;
  std::uint64_t bits = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + number_size, bits, 16);
  if (ec != std::errc{} || end != text.data() + number_size)
    return std::nullopt;
  text.remove_prefix(number_size);
  return static_cast<std::int64_t>(bits);
}

/// A time that a store can hold: of the years 1970 to 9999, or one that stands before or behind every row. No list gave out
/// another one, and PostgreSQL cannot even be asked for it.
std::optional<timestamp> take_time(std::string_view& text) {
  using namespace std::chrono;
  constexpr timestamp begin{}, end{sys_days{year{10'000} / 1 / 1}};
  const auto micros = take_number(text);
  if (!micros)
    return std::nullopt;
  const auto at = from_micros(*micros);
  const bool is_stored = at >= begin && at < end;
  return is_stored || at == timestamp::min() || at == timestamp::max() ? std::optional{at} : std::nullopt;
}

void put_position(std::string& out, const list_position& at) {
  put_number(out, to_micros(at.updated_at));
  out += to_string(at.id);
}

std::optional<list_position> take_position(std::string_view& text) {
  const auto at = take_time(text);
  const auto id = uuid_from(text.substr(0, id_size));
  if (!at || !id)
    return std::nullopt;
  text.remove_prefix(id_size);
  return list_position{*at, *id};
}

bool take_mark(std::string_view& text, char mark) {
  if (!text.starts_with(mark))
    return false;
  text.remove_prefix(1);
  return true;
}

error bad_cursor() {
  return {error_code::invalid_cursor, "cursor must be a next_cursor of this list, or absent for its first page", {}};
}

} // namespace

std::string to_cursor(const list_position& at) {
  std::string out{list_mark};
  put_position(out, at);
  return out;
}

std::string to_cursor(const timeline_position& at) {
  std::string out{timeline_mark};
  put_number(out, at.seq);
  put_position(out, at.input);
  return out;
}

std::string to_cursor(const pending_position& at) {
  std::string out{pending_mark};
  put_position(out, {at.received_at, at.id});
  return out;
}

std::string to_cursor(const dead_letter_position& at) {
  std::string out{dead_letter_mark};
  put_number(out, to_micros(at.last_at));
  put_number(out, at.id);
  return out;
}

result<list_position> list_position_from(std::string_view cursor) {
  if (cursor.empty())
    return list_position{};
  if (!take_mark(cursor, list_mark))
    return bad_cursor();
  const auto at = take_position(cursor);
  if (!at || !cursor.empty())
    return bad_cursor();
  return *at;
}

result<timeline_position> timeline_position_from(std::string_view cursor) {
  if (cursor.empty())
    return timeline_position{};
  if (!take_mark(cursor, timeline_mark))
    return bad_cursor();
  const auto seq = take_number(cursor);
  const auto input = take_position(cursor);
  if (!seq || !input || !cursor.empty())
    return bad_cursor();
  return timeline_position{*seq, *input};
}

result<pending_position> pending_position_from(std::string_view cursor) {
  if (cursor.empty())
    return pending_position{};
  if (!take_mark(cursor, pending_mark))
    return bad_cursor();
  const auto at = take_position(cursor);
  if (!at || !cursor.empty())
    return bad_cursor();
  return pending_position{at->updated_at, at->id};
}

result<dead_letter_position> dead_letter_position_from(std::string_view cursor) {
  if (cursor.empty())
    return dead_letter_position{};
  if (!take_mark(cursor, dead_letter_mark))
    return bad_cursor();
  const auto last_at = take_time(cursor);
  const auto id = take_number(cursor);
  if (!last_at || !id || !cursor.empty())
    return bad_cursor();
  return dead_letter_position{*last_at, *id};
}

} // namespace orderly
