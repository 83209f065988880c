#pragma once
// Which file of the console a request gets, and under which headers. Pure: it knows neither sockets nor sessions.

#include "net/console/assets.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

struct console_question {
  std::string_view method; ///< as sent
  std::string_view path;   ///< without the query, undecoded: no file of the console needs an escape
  std::string_view accept, accept_encoding, if_none_match; ///< empty: absent
};

struct console_answer {
  int status = 200;              ///< or 304
  std::string_view content_type; ///< of static storage; empty for 304
  std::string_view body;         ///< of static storage
  std::vector<std::pair<std::string_view, std::string>> headers;
};

/// Nothing: the path is not the console's. Any path that a browser asks a page for is, outside /api/, /metrics and /assets/: the
/// page itself finds out what stands there.
std::optional<console_answer> answer_console(const console_question& asked,
                                             std::span<const console_asset> assets = console_assets());

} // namespace orderly
