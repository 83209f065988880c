#pragma once
// What decide() says: the events, the promises, the answer. The caller commits all of it or nothing. Promises may change without
// an event (a call is tried again later): then the version does not move, and they are committed all the same.

#include "base/error.hpp"
#include "domain/order/event.hpp"
#include "domain/order/order.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// `inputs.outcome` (DESIGN I4).
enum class input_outcome : std::uint8_t { applied, refused, duplicate, stale, ignored, pending, dead };
std::string_view name_of(input_outcome outcome);
std::optional<input_outcome> input_outcome_from(std::string_view name);

enum class dead_letter_cause : std::uint8_t { unparsable, no_order_id, shop_mismatch, refused_by_store, killed_twice };
std::string_view name_of(dead_letter_cause cause);
std::optional<dead_letter_cause> dead_letter_cause_from(std::string_view name);
std::span<const std::string_view> dead_letter_cause_names();

enum class promise_kind : std::uint8_t { fetch_detail, mark_shipped };
std::string_view name_of(promise_kind kind);
std::optional<promise_kind> promise_kind_from(std::string_view name);
/// Writes to TikTok go one at a time per order, in the order of their ids; reads run when due (DECISIONS "Outbox").
constexpr bool is_write(promise_kind kind) { return kind == promise_kind::mark_shipped; }

enum class promise_state : std::uint8_t { open, waiting, done, failed, withdrawn };
std::string_view name_of(promise_state state);
std::optional<promise_state> promise_state_from(std::string_view name);

/// A change of one outbox row, named by (order, kind, ref). At most one row of that name is `open` or `waiting`.
struct promise_change {
  promise_kind kind = promise_kind::fetch_detail;
  std::string ref; ///< "" for fetch_detail; the command's input id for mark_shipped
  /// open or waiting: insert the row, or change the unsettled one (state, due_at; payload only if not empty), freeing its lease
  /// unless `keep_lease`. done, failed, withdrawn: settle the unsettled one; nothing happens when there is none.
  promise_state state = promise_state::open;
  timestamp due_at{}; ///< for open
  json::object payload;
  std::string last_error;
  bool keep_lease = false; ///< a call may be under way; do not start a second one beside it
  /// For open and waiting: of the claim whose outcome this is; the row changes only if it was not claimed again since. 0: none.
  int attempt = 0;
  friend bool operator==(const promise_change&, const promise_change&) = default;
};

/// What the asker is told; stored with the input and repeated for a repeated key.
struct answer {
  input_outcome outcome = input_outcome::applied;
  std::optional<error> refusal;
  order_id order;
  std::int64_t version = 0;
  order_state state = order_state::received;
  std::string report;  ///< "queued", "not_applicable", "off", or "" when the move has nothing to report
  std::string pending; ///< "", "report", "on_hold": why the wish is not yet the state
  bool created = false;
  friend bool operator==(const answer&, const answer&) = default;
};
json::object to_json(const answer& a);
result<answer> answer_from(const json::object& body);

struct decision {
  input_outcome outcome = input_outcome::applied;
  std::vector<event> events;            ///< seq continues after order.version
  order after;                          ///< the fold of `events` on what was given
  std::optional<json::object> document; ///< the new order_data, if it changed
  std::vector<promise_change> promises;
  std::optional<dead_letter_cause> dead; ///< with outcome dead
  orderly::answer answer;
};

} // namespace orderly
