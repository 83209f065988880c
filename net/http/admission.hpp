#pragma once
// How many inputs may wait for the engine: mailboxes have no bound, so the edge has one (DESIGN section 5).

#include "base/metrics.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace orderly {

/// Shared by both listeners and by the answers that the engine still owes. Thread-safe.
class admission {
public:
  admission(std::size_t limit, gauge in_flight) : limit_(limit), in_flight_(in_flight) {}

  /// Whoever finds a free place gets in with all its inputs, also where they are more than what is free: one webhook over the
  /// limit, never two, and none that is too large to get in at all or that smaller ones keep out.
  [[nodiscard]] bool enter(std::size_t inputs) {
    auto waiting = waiting_.load();
    do {
      if (waiting >= limit_)
        return false;
    } while (!waiting_.compare_exchange_weak(waiting, waiting + inputs));
    in_flight_.add(static_cast<double>(inputs));
    return true;
  }
  void leave(std::size_t inputs) {
    waiting_.fetch_sub(inputs);
    in_flight_.add(-static_cast<double>(inputs));
  }
  /// Who is in stays in.
  void set_limit(std::size_t limit) { limit_ = limit; }
  /// A hint, to be told before the work that finds out how many inputs there are.
  [[nodiscard]] bool full() const { return waiting_ >= limit_; }

  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] std::size_t limit() const { return limit_; }

private:
  std::atomic<std::size_t> limit_, waiting_{0};
  gauge in_flight_;
};

/// The places of one request, given back when the engine has answered (also when the client is long gone).
class admitted {
public:
  admitted(std::shared_ptr<admission> gate, std::size_t inputs) : gate_(std::move(gate)), inputs_(inputs) {}
  ~admitted() { gate_->leave(inputs_); }
  admitted(const admitted&) = delete;
  admitted& operator=(const admitted&) = delete;

private:
  std::shared_ptr<admission> gate_;
  const std::size_t inputs_;
};
using admitted_ptr = std::shared_ptr<const admitted>;

/// Null when the limit is reached.
inline admitted_ptr admit(const std::shared_ptr<admission>& gate, std::size_t inputs = 1) {
  return gate->enter(inputs) ? std::make_shared<const admitted>(gate, inputs) : nullptr;
}

} // namespace orderly
