#pragma once
// What is handed to the engine: the inputs of one thing that arrived.

#include "base/uuid.hpp"
#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"
#include "domain/tiktok/webhook.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

/// A webhook for more orders than this is stored as `pending`, answered, and decided from the store at the sweeper's pace:
/// loading thousands of orders at once would keep everybody else out.
inline constexpr std::size_t most_orders_at_once = 64;

/// One thing that arrived: a webhook (for one or more orders, or for none), a command, a poll's page row.
struct delivery {
  std::vector<input> inputs;             ///< never empty; each has its order_ref, or is the only one and has none
  std::optional<dead_letter_cause> dead; ///< for an input without an order
  bool stored = false;                   ///< as `pending`: brought back by the sweeper

  /// What it takes of the engine's attention before it is answered.
  [[nodiscard]] std::size_t inputs_at_once() const { return std::min(inputs.size(), most_orders_at_once); }
};

/// The inputs of a parsed webhook: their ids are minted here. Chat bodies are not kept.
/// @param id of the delivery
delivery delivery_of(parsed_webhook parsed, std::shared_ptr<const std::string> raw, timestamp received_at, uuid id,
                     id_source& ids);

/// Gives each input a branch of what they have in common so far.
std::vector<trace_ptr> begin_traces(delivery& of, const trace& common);

} // namespace orderly
