#pragma once
// Where net/ hands inputs to the engine. Implemented in actors/, wired in app/; CAF and Beast never meet.

#include "domain/order/delivery.hpp"

#include <functional>
#include <vector>

namespace orderly {

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
