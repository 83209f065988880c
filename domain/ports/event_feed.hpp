#pragma once
// What has been committed, in one order that every reader sees alike: the live stream, lists, search and statistics follow it
// from a position of their own, outside the transactions that write. Positions are safe against transactions that end out of
// order, and a restore or a failover begins a new epoch.

#include "domain/order/event.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// Of an event: behind it come those that are greater. On SQLite `pos` is the event's rowid, on PostgreSQL its transaction's id,
/// within which order and seq tell events apart.
struct feed_position {
  std::int64_t epoch = 0;
  std::int64_t pos = 0;
  order_id order;
  std::int64_t seq = 0;
  friend auto operator<=>(const feed_position&, const feed_position&) = default;
};
/// "0.4711.0198f0c2b5a37c6d8e9fa0b1c2d3e4f5.3": the id of an event in the stream.
std::string to_string(const feed_position& at);
/// The inverse, of exactly that form.
std::optional<feed_position> feed_position_from(std::string_view text);

struct committed_event {
  feed_position at;
  tiktok_order_id order;
  event what;
};
struct event_page {
  std::vector<committed_event> events; ///< in the order of their positions
  feed_position next;                  ///< to go on from: of the last event that was given out
  /// Nothing is left now. What a transaction that is still open may put before is not given out yet, nor what is newer.
  bool is_end = true;
  /// More is committed behind it, by a transaction that is newer than one which is still open.
  bool held_back = false;
  /// The position that was asked for is of a history that a restore or a failover has lost. Whoever follows must read anew what
  /// it shows, and go on from `next`, which is the end.
  bool lost = false;
};

} // namespace orderly
