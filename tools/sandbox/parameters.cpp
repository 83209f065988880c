#include "tools/sandbox/parameters.hpp"

#include <charconv>
#include <utility>

namespace orderly::sandbox {

std::optional<std::int64_t> number_from(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

const std::string* value_of(const request& call, const std::string& key) {
  const auto found = call.query.find(key);
  return found == call.query.end() ? nullptr : &found->second;
}

refusal invalid(std::string message) { return {36009004, 400, std::move(message)}; }

refusal mistyped(std::string_view field, std::string_view expected) {
  return invalid("Invalid parameter: `" + std::string{field} + "` expected type is " + std::string{expected} + ".");
}

} // namespace orderly::sandbox
