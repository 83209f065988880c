#pragma once
// Where net/ hands inputs to the engine. Implemented in actors/, wired in app/; CAF and Beast never meet.

#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace orderly {

/// One thing that arrived: a webhook (for one or more orders, or for none), a command, a poll's page row.
struct delivery {
  std::vector<input> inputs;             ///< never empty; each has its order_ref, or is the only one and has none
  std::optional<dead_letter_cause> dead; ///< for an input without an order
  bool stored = false;                   ///< as `pending`: brought back by the sweeper
};

/// One answer per input, in their order. Called once, when every one of them is durable or none will be in time; on a thread of
/// the engine, so it must only hand over (asio::post).
using delivery_answered = std::function<void(std::vector<answer>)>;

class order_port {
public:
  virtual ~order_port() = default;
  /// Thread-safe, never blocks. Admission is the caller's business: nothing here refuses.
  virtual void post(delivery what, delivery_answered done) = 0;
};

} // namespace orderly
