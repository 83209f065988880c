#pragma once
// What the views read in the API's answers, beside base/json.hpp: absent, null and the wrong type all give nothing.

#include "base/clock.hpp"
#include "base/json.hpp"

namespace orderly::view {

inline std::optional<double> number_at(const json::object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  return value && value->is_number() ? std::optional{value->to_number<double>()} : std::nullopt;
}
inline std::optional<timestamp> time_at(const json::object& in, std::string_view key) { return from_rfc3339(string_at(in, key)); }
inline std::string text_at(const json::object& in, std::string_view key) { return std::string{string_at(in, key)}; }
/// The objects of a list; null has none.
template <class Each>
void each_object(const json::array* list, Each each) {
  if (!list)
    return;
  for (const auto& one : *list)
    if (const auto* object = one.if_object())
      each(*object);
}

} // namespace orderly::view
