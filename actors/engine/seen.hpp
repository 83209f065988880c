#pragma once
// What the parts of the engine say of themselves when they are looked at: copies of counters, never of messages.

#include "domain/ports/actor_views.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// Which orders of a shard are wanted.
struct shard_request {
  actor_sort by = actor_sort::mailbox;
  bool greatest_first = true;
  bool marked_first = false; ///< quarantined ones before all others
  std::size_t limit = 0;
  std::string id_part; ///< empty: all
};
struct shard_seen {
  std::vector<actor_view> orders; ///< the first ones, sorted
  std::size_t matched = 0, live = 0;
  std::size_t residents = 0, waiting = 0, parked = 0;
  std::size_t mailbox = 0, in_hand = 0; ///< of all orders
  std::optional<double> oldest_ms;
  std::uint64_t handled = 0, restarts = 0; ///< since the shard started
  double handled_per_s = 0;
};
using shard_seen_ptr = std::shared_ptr<const shard_seen>;

struct part_seen {
  std::vector<std::string_view> kinds; ///< of its members
  std::optional<std::size_t> number;   ///< among its like; nothing where there is one of them
  std::size_t members = 0;             ///< alive
  std::uint64_t restarts = 0;
};
using parts_seen_ptr = std::shared_ptr<const std::vector<part_seen>>; ///< in the order of their start

struct lane_seen {
  std::size_t waiting = 0; ///< units, records and tasks
  bool busy = false;
  bool fails = false; ///< its last commit did, or hangs
  bool for_tasks = false;
  std::uint64_t restarts = 0;
};
using lanes_seen_ptr = std::shared_ptr<const std::vector<lane_seen>>;

} // namespace orderly

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::shard_request)
