#pragma once
// Restart intensity: how many deaths in how much time a supervisor mends before it gives up.

#include "base/clock.hpp"

#include <cstddef>
#include <deque>

namespace orderly {

struct restart_limit {
  std::size_t deaths = 5;
  std::chrono::seconds within{60};
};

class restart_budget {
public:
  explicit restart_budget(restart_limit limit = {}) : limit_(limit) {}

  /// Counts a death. False: one too many, so that restarting has no use.
  bool allows_another(timestamp now) {
    while (!deaths_.empty() && now - deaths_.front() >= limit_.within)
      deaths_.pop_front();
    deaths_.push_back(now);
    return deaths_.size() <= limit_.deaths;
  }

private:
  restart_limit limit_;
  std::deque<timestamp> deaths_;
};

} // namespace orderly
