#pragma once
// The engine's actors as `orderly top` and `orderly tree` show them: from the API's answers to lines. Pure.

#include "base/json.hpp"
#include "tools/orderly/view/table.hpp"

#include <deque>
#include <map>

namespace orderly::view {

/// How a screen of `top` is set.
struct top_options {
  std::size_t height = 24; ///< lines, at most
  std::string sort = "mailbox";
  std::chrono::milliseconds every{1000};
  std::chrono::seconds window{10};
  std::string trouble{}; ///< why there is no newer answer, empty when there is
};

/// GET /actors as a screen: never more than the height in lines or, if bounded, the width in cells.
lines top_screen(const json::object& sample, const style& by, const top_options& options);
/// The same for programs and for screens that cannot be drawn on: everything in ms and per second, whole ids.
lines top_plain(const json::object& sample, const style& by);

/// GET /actors/tree.
lines tree_lines(const json::object& tree, const style& by);

/// The engine's rates are over 10 s. Over another window they come from `handled` of the samples seen so far: of those as long
/// ago as the window, or of the oldest.
class rate_window {
public:
  explicit rate_window(std::chrono::seconds window) : window_(window) {}
  /// Takes the sample in and puts its rates over the window into it. An actor that is new or began anew keeps the engine's.
  void apply(json::object& sample);

private:
  struct seen {
    timestamp at;
    std::map<std::string, std::int64_t> handled;
  };
  std::chrono::seconds window_;
  std::deque<seen> samples_;
};

} // namespace orderly::view
