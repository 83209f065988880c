#include "net/http/text.hpp"

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t max_shown = 80;
constexpr std::string_view replacement = "\xEF\xBF\xBD", cut = "...";

std::size_t size_by_first_byte(unsigned first) {
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first < 0xE0)
    return 2;
  if (first >= 0xE0 && first < 0xF0)
    return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/// Bytes of the code point that `text` begins with; 0 when it begins with none. `text` is not empty.
std::size_t code_point_size(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[at])); };
  const auto size = size_by_first_byte(byte(0));
  if (size > text.size())
    return 0;
  for (std::size_t at = 1; at < size; ++at)
    if ((byte(at) & 0xC0) != 0x80)
      return 0;
  const bool too_long = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
  const bool too_high = byte(0) == 0xF4 && byte(1) >= 0x90;
  return too_long || surrogate || too_high ? 0 : size;
}

} // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto size = code_point_size(text);
    if (size == 0)
      return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto size = code_point_size(text);
    const auto piece = size == 0 ? replacement : text.substr(0, size);
    if (out.size() + piece.size() > max_shown)
      return out.append(cut);
    out += piece;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string one_of(std::span<const std::string_view> names) {
  std::string out{"one of: "};
  for (const auto name : names)
    out.append(name).append(", ");
  out.resize(out.size() - 2);
  return out;
}

} // namespace orderly
