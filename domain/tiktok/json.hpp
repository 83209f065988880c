#pragma once
// Tolerant readers for what TikTok sends, beside those of base/json.hpp.

#include "base/clock.hpp"
#include "base/json.hpp"

namespace orderly {

/// A time between 1970 and 9999, also one that arrives as a decimal string. 0 means "not yet" at TikTok and milliseconds are no
/// seconds (sheet 8, case 21): both give nothing.
/// @param object a json::object or a json_view
template <class Object>
std::optional<unix_seconds> time_at(const Object& object, std::string_view key) {
  constexpr std::int64_t last_second_of_9999 = 253'402'300'799;
  const auto seconds = int_at(object, key);
  if (!seconds || *seconds <= 0 || *seconds > last_second_of_9999)
    return std::nullopt;
  return from_seconds(*seconds);
}

/// TikTok's words are short; whatever else stands in their place is cut, at a character's border, before it is kept.
inline std::string word_of(std::string_view text) {
  constexpr std::size_t longest = 64;
  std::size_t end = text.size();
  if (end > longest)
    for (end = longest; end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80;)
      --end;
  return std::string{text.substr(0, end)};
}

/// The members of an array; none if it is absent or something else.
inline const json::array& items_at(const json::object& object, std::string_view key) {
  static const json::array none;
  const auto* items = array_at(object, key);
  return items ? *items : none;
}

} // namespace orderly
