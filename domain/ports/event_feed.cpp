#include "domain/ports/event_feed.hpp"

#include <algorithm>
#include <charconv>

namespace orderly {
namespace {

constexpr std::size_t hex_digits = 32;

std::string without_hyphens(const order_id& id) {
  auto text = to_string(id);
  std::erase(text, '-');
  return text;
}

std::optional<order_id> id_from(std::string_view text) {
  const auto is_lower_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != hex_digits || !std::all_of(text.begin(), text.end(), is_lower_hex))
    return std::nullopt;
  std::string hyphened{text};
  for (const std::size_t at : {20u, 16u, 12u, 8u})
    hyphened.insert(at, 1, '-');
  const auto id = uuid_from(hyphened);
  return id ? std::optional{order_id{*id}} : std::nullopt;
}

/// A number without sign or leading zero, up to the next dot or the end; what is behind it stays in `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  const auto part = text.substr(0, text.find('.'));
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), number);
  const bool canonical = part == "0" || (!part.empty() && part.front() >= '1' && part.front() <= '9');
  if (ec != std::errc{} || end != part.data() + part.size() || !canonical)
    return std::nullopt;
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return number;
}

} // namespace

std::string to_string(const feed_position& at) {
  return std::to_string(at.epoch) + '.' + std::to_string(at.pos) + '.' + without_hyphens(at.order) + '.' + std::to_string(at.seq);
}

std::optional<feed_position> feed_position_from(std::string_view text) {
  feed_position at;
  const auto epoch = take_number(text), pos = epoch ? take_number(text) : std::nullopt;
  if (!pos || text.size() <= hex_digits || text[hex_digits] != '.')
    return std::nullopt;
  const auto order = id_from(text.substr(0, hex_digits));
  text.remove_prefix(hex_digits + 1);
  const bool ends_here = text.find('.') == std::string_view::npos;
  const auto seq = ends_here ? take_number(text) : std::nullopt;
  if (!order || !seq)
    return std::nullopt;
  return feed_position{*epoch, *pos, *order, *seq};
}

} // namespace orderly
