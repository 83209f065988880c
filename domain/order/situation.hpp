#pragma once
// What is stored of one order now and tells why it moves or does not: its row, what calls for a person, the promises that are not
// kept yet, and the newest event of each type. All of one moment. No document: nothing of it is about the buyer.

#include "domain/order/decision.hpp"
#include "domain/order/event.hpp"
#include "domain/order/order.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

/// An open row of `order_attention`; of every kind, also those that no decision raises.
struct open_attention {
  std::string kind;
  timestamp since{};
  friend bool operator==(const open_attention&, const open_attention&) = default;
};

/// A row of `outbox` that is open or waiting.
struct unkept_promise {
  std::int64_t id = 0;
  promise_kind kind = promise_kind::fetch_detail;
  promise_state state = promise_state::open;
  std::optional<timestamp> due_at;      ///< nothing: it waits for something else than time
  std::int64_t attempts = 0;            ///< begun
  std::optional<timestamp> lease_until; ///< in the future: a call is under way
  std::string last_error;               ///< TikTok's code, or the name of what happened; empty: none yet
  friend bool operator==(const unkept_promise&, const unkept_promise&) = default;
};

struct order_situation {
  orderly::order order;
  std::string unreadable;                ///< why its facts are missing; empty: they are there
  std::vector<open_attention> attention; ///< by kind
  std::vector<unkept_promise> promises;  ///< by id; those of kinds that this version knows
  std::vector<event> latest;             ///< the newest first, each of another type
};

} // namespace orderly
