#pragma once
// How many requests may wait for the engine: mailboxes have no bound, so the edge has one (DESIGN section 5).

#include "base/metrics.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace orderly {

/// Shared by both listeners and by the answers that the engine still owes. Thread-safe.
class admission {
public:
  admission(std::size_t limit, gauge in_flight) : limit_(limit), in_flight_(in_flight) {}

  [[nodiscard]] bool enter() {
    if (waiting_.fetch_add(1) >= limit_) {
      waiting_.fetch_sub(1);
      return false;
    }
    in_flight_.add(1);
    return true;
  }
  void leave() {
    waiting_.fetch_sub(1);
    in_flight_.add(-1);
  }

private:
  std::size_t limit_;
  std::atomic<std::size_t> waiting_{0};
  gauge in_flight_;
};

/// A place in the queue, given back when the engine has answered (also when the client is long gone).
class admitted {
public:
  explicit admitted(std::shared_ptr<admission> gate) : gate_(std::move(gate)) {}
  ~admitted() { gate_->leave(); }
  admitted(const admitted&) = delete;
  admitted& operator=(const admitted&) = delete;

private:
  std::shared_ptr<admission> gate_;
};
using admitted_ptr = std::shared_ptr<const admitted>;

/// Null when the limit is reached.
inline admitted_ptr admit(const std::shared_ptr<admission>& gate) {
  return gate->enter() ? std::make_shared<const admitted>(gate) : nullptr;
}

} // namespace orderly
