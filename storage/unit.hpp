#pragma once
// What one order asks the store to commit: all of it or nothing, fenced by the version that it was decided on (DESIGN I6).

#include "base/trace.hpp"
#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"
#include "domain/order/order.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

/// A row of `inputs`, with what was decided about it.
struct input_record {
  std::shared_ptr<const input> what; ///< never null
  std::int64_t policy_version = 0;
  std::int64_t decided_on = 0; ///< the version that decide() saw
  timestamp decided_at{};      ///< the `now` that decide() got
  input_outcome outcome = input_outcome::applied;
  std::optional<dead_letter_cause> dead; ///< writes the dead letter too
  orderly::answer answer;
};

struct order_unit {
  tiktok_order_id order;
  bool exists = false;                    ///< a row is stored (also an unadopted one, version 0)
  std::int64_t decided_on = 0;            ///< the stored row must have this version, or not exist
  std::optional<orderly::order> after;    ///< the new row; none when only inputs are written
  std::optional<json::object> document;   ///< the new order_data
  std::vector<event> events;              ///< seq decided_on+1 ...
  std::vector<promise_change> promises;   ///< applied in order
  std::vector<input_record> inputs;       ///< a settled row of the same (dedupe_key, order_ref) makes the unit a conflict
  std::vector<std::string> repeated_keys; ///< settled keys that were delivered again: `deliveries` + 1
};

/// Each of its inputs.
inline void stamp(const order_unit& of, trace_stage stage) {
  for (const auto& in : of.inputs)
    stamp(in.what->trace, stage);
}

enum class commit_verdict : std::uint8_t { committed, conflict, refused };
struct unit_result {
  commit_verdict verdict = commit_verdict::committed;
  std::string why; ///< of a refusal: the store's message
};

/// A claimed row of `outbox`.
struct outbox_row {
  std::int64_t id = 0;
  order_id order;
  tiktok_order_id tiktok_order;
  shop_id shop;
  promise_kind kind = promise_kind::fetch_detail;
  std::string ref;
  json::object payload;
  int attempt = 1; ///< 1 on the first claim
  timestamp due_at{};
};

struct claim_request {
  timestamp now{};
  std::size_t limit = 100;
  std::string owner; ///< of the lease: names this engine process
  timestamp lease_until{};
};
struct claimed_rows {
  std::vector<outbox_row> rows; ///< in the order of their ids
  /// When time alone may make the next row claimable: the claim's `now` if its limit was reached, since then more may be due
  /// already; else a time after it.
  std::optional<timestamp> next_due;
};

} // namespace orderly
