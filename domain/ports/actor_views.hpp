#pragma once
// What can be seen of the actors of this engine while they run. Looking counts nothing, wakes no order, and waits for no mailbox:
// a part that does not answer at once is named, and the rest is told. What is not known is nothing, never 0.

#include "domain/order/ids.hpp"
#include "domain/order/order_state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

/// The kind of orders' actors, whose ids are the orders'. The engine names the others (actor_port::kinds).
inline constexpr const char* order_kind = "order";

enum class actor_sort : std::uint8_t { mailbox, oldest, handled, restarts };
inline constexpr std::array<std::string_view, 4> actor_sort_names{"mailbox", "oldest", "handled", "restarts"};

struct actors_request {
  actor_sort by = actor_sort::mailbox;
  bool greatest_first = true;
  std::size_t limit = 50; ///< 0..200
  std::string kind;       ///< empty: all
  std::string id_part;    ///< empty: all
};

/// What a part of the engine was found at.
enum class actor_phase : std::uint8_t {
  idle,
  loading,
  committing,
  queued,  ///< inputs wait and none is in hand
  waiting, ///< for a place in memory
  leaving,
  quarantined
};
std::string_view name_of(actor_phase phase);

struct actor_view {
  std::string id;
  std::string_view kind;
  /// Of an order: as this engine last read or wrote it; nothing when another one has written since.
  std::optional<order_state> state;
  std::optional<std::int64_t> version;
  std::optional<std::size_t> mailbox; ///< unanswered, and not begun
  std::optional<double> oldest_ms;    ///< of the oldest of these
  std::optional<std::size_t> in_hand;
  std::optional<actor_phase> phase;
  std::optional<std::uint64_t> handled; ///< of an order: since it came into memory
  std::optional<double> handled_per_s;  ///< over 10 s
  std::uint64_t restarts = 0;           ///< the same
};

struct kind_view {
  std::string_view kind;
  std::optional<std::size_t> live;
  std::optional<std::size_t> mailbox;
  std::optional<double> oldest_ms;
  std::optional<std::uint64_t> handled; ///< since the engine started
  std::optional<double> handled_per_s, mean_wait_ms;
  std::optional<std::uint64_t> restarts;
};

struct not_seen {
  std::string what, why;
};

/// Sums over all orders; nothing while one shard of them could not be seen.
struct actor_totals {
  std::optional<std::size_t> residents;
  std::size_t residents_limit = 0;
  std::optional<std::size_t> parked; ///< inputs in memory that were answered `pending`
  std::optional<std::size_t> mailbox;
  std::optional<double> oldest_ms;
  std::optional<std::uint64_t> handled, restarts; ///< since their shards started
  std::optional<double> handled_per_s;
};

struct actors_view {
  actor_totals totals;
  std::vector<kind_view> kinds;
  std::vector<actor_view> actors; ///< sorted, as many as were asked for
  std::size_t total = 0;          ///< that match
  std::vector<not_seen> not_known;
};

/// An actor with those that it supervises.
struct actor_node {
  std::string id;
  std::string_view kind;
  std::uint64_t restarts = 0;
  std::optional<std::pair<std::size_t, std::int64_t>> restart_limit; ///< so many within so many seconds
  std::optional<std::size_t> mailbox;
  std::optional<double> oldest_ms, handled_per_s;
  std::string note;
  std::vector<std::string_view> marks; ///< what needs a person: "quarantined", "failing", "away"
  std::vector<actor_node> children;
  std::optional<std::pair<std::size_t, std::size_t>> folded; ///< so many more, with so much in their mailboxes
};
struct thread_group {
  std::string_view name;
  std::size_t count = 0;
};
struct actor_tree {
  actor_node root;
  std::vector<thread_group> threads;
  std::vector<not_seen> not_known;
};

} // namespace orderly
