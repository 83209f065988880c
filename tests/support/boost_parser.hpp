#pragma once
// JSON as it was read until simdjson did it: Boost.JSON's parser with its limits. What the engine's parser is compared with.

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace orderly::test {

/// Nothing if the text was refused.
std::optional<boost::json::value> parse_with_boost(std::string_view text);

} // namespace orderly::test
