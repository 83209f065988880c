#pragma once
// How much memory the bodies of all requests may take together: many connections, each within its own limit, are still too many.

#include "base/metrics.hpp"

#include <atomic>
#include <cstddef>

namespace orderly {

/// Shared by both listeners. Thread-safe.
class byte_budget {
public:
  byte_budget(std::size_t limit, gauge held) : limit_(limit), shown_(held) {}

  /// False, and nothing is taken, when less than `bytes` is left.
  [[nodiscard]] bool take(std::size_t bytes) {
    if (held_.fetch_add(bytes) + bytes > limit_) {
      held_.fetch_sub(bytes);
      return false;
    }
    shown_.add(static_cast<double>(bytes));
    return true;
  }
  void give_back(std::size_t bytes) {
    held_.fetch_sub(bytes);
    shown_.add(-static_cast<double>(bytes));
  }

private:
  const std::size_t limit_;
  std::atomic<std::size_t> held_{0};
  gauge shown_;
};

} // namespace orderly
