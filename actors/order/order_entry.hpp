#pragma once
// What a registry shard keeps of each order that it knows. Used by that shard only.

#include "actors/engine/protocol.hpp"
#include "actors/order/order_hand.hpp"
#include "actors/plumbing/rate_meter.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace orderly {

/// On the actors' clock, which tests move.
using actor_time = std::chrono::steady_clock::time_point;

struct kept_input {
  routed_input routed; ///< its slot is null once it has been answered
  actor_time posted{};
  int deaths = 0;        ///< of the order's actor while it had this input in hand
  bool in_doubt = false; ///< an actor ended that had it in hand: it may be stored, or become so
  enum class reply_path : std::uint8_t {
    after_commit,
    storing_pending,
    pending
  } path = reply_path::after_commit; ///< parked: stored as `pending`, here or before
  bool cannot_be_parked = false;     ///< the store refuses it by itself
};

/// What the sender of an input is told that is stored and will be decided later.
answer kept_as_pending();
/// The row that it is until then.
std::shared_ptr<const input_record> as_pending(const input_ptr& what);

/// Deaths of one order's actor within the last minute, and the first input that it had in hand at each.
class death_record {
public:
  void add(actor_time at, const input_id& blamed);
  /// Three within a minute, not all over one input: then it is not the inputs (DESIGN 3, DECISIONS "Actors").
  [[nodiscard]] bool calls_for_quarantine() const;
  /// Forgets what is older than a minute.
  void age(actor_time now);
  [[nodiscard]] bool empty() const { return recent_.empty(); }
  void clear() { recent_.clear(); }

private:
  struct death {
    actor_time at;
    input_id blamed;
  };
  std::vector<death> recent_;
};

enum class standing : std::uint8_t {
  passive,    ///< no actor, and none wanted yet
  waiting,    ///< no actor: stands in the queue for a resident's place
  resident,   ///< inputs are routed to its actor
  leaving,    ///< its actor was told to end; what comes is kept until it has
  quarantined ///< inputs are not routed until somebody restarts it; an actor that is left is ending
};

/// What is counted of each order, for whoever looks.
struct order_counts {
  std::int64_t version = -1; ///< that its actor read or wrote last; -1: not known, or another engine has written since
  rate_meter rate;
  std::uint32_t handled = 0;                 ///< inputs that its actor has answered, since this was made
  std::uint16_t restarts = 0;                ///< deaths, the same; stops at its end
  order_state state = order_state::received; ///< at that version
};
static_assert(sizeof(order_counts) <= 40);

struct order_entry {
  using list = std::list<order_entry*>;

  tiktok_order_id id;
  order_actor handle; ///< set while an actor lives
  standing now = standing::passive;
  std::vector<kept_input> unanswered; ///< in the order of arrival
  std::size_t routed = 0;             ///< so many of them, from the front, were sent to the living actor
  std::shared_ptr<order_hand> hand = std::make_shared<order_hand>();
  order_counts counts;
  death_record deaths;
  bool quarantine_stored = false;       ///< its attention row is committed, as far as an order has one
  actor_time quarantine_asked{};        ///< when the store was last asked whether another engine has lifted it
  actor_time idle_since{}, ask_after{}; ///< not to be asked to leave before
  list* filed_in = nullptr;             ///< the shard's list of busy or of idle orders, or none
  list::iterator place{};
};

} // namespace orderly
