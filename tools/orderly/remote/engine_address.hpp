#pragma once
// Where the engine's admin listener is, as a person writes it.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace orderly {

inline constexpr std::string_view default_engine = "http://127.0.0.1:8081";

/// The URL with its scheme: "127.0.0.1:8081" is http. Errors: bad_config when it is none, or when it is http and leads beyond
/// this machine, where anybody on the way could read the token.
result<std::string> engine_address(std::string_view url);

/// Of a path's segment or a query's value: everything but letters, digits, '-', '.', '_', '~' as %XX.
std::string url_encoded(std::string_view text);

} // namespace orderly
