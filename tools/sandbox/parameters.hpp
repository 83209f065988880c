#pragma once
// What a caller sent, and how the shop complains about it.

#include "tools/sandbox/envelope.hpp"
#include "tools/sandbox/http.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly::sandbox {

/// Nothing unless all of the text is a number.
std::optional<std::int64_t> number_from(std::string_view text);
/// Of the query; null when it is not there.
const std::string* value_of(const request& call, const std::string& key);

refusal invalid(std::string message);
refusal mistyped(std::string_view field, std::string_view expected);

} // namespace orderly::sandbox
