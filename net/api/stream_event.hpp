#pragma once
// What goes over GET /stream (CONTRACT "Stream"), as text of server-sent events. Pure.

#include "domain/ports/event_feed.hpp"
#include "domain/ports/order_pages.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace orderly {

/// How the stream stands: of `hello` and `tick`.
struct stream_state_told {
  feed_position at;
  timestamp now{};
  std::chrono::milliseconds lag{}; ///< how long ago the feed was last read to its end; 0: it just was
  std::int64_t epoch = 0;          ///< the newest
};

/// The first of a connection. Its id, like that of all that have one, is where to go on from.
std::string hello_event(const stream_state_told& state);
/// @param row the list's row as it is when it is sent; null: another event of the order follows at once, or its row cannot be
/// read
std::string change_event(const committed_event& what, const listed_order* row);
std::string tick_event(const stream_state_told& state);
/// What was shown may be of a history that is lost, or more was missed than is worth sending: read anew.
std::string reload_event(const feed_position& from);
std::string bye_event(std::string_view reason);

} // namespace orderly
