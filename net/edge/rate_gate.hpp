#pragma once
// Lets something happen once a second at most.

#include "base/clock.hpp"

#include <atomic>
#include <chrono>

namespace orderly {

/// Thread-safe.
class rate_gate {
public:
  [[nodiscard]] bool now(timestamp at) {
    auto last = last_.load();
    const auto this_time = to_micros(at);
    return this_time - last >= 1'000'000 && last_.compare_exchange_strong(last, this_time);
  }

private:
  std::atomic<std::int64_t> last_{0};
};

} // namespace orderly
