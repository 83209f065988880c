#pragma once
// Liveness and readiness, the same on both listeners.

#include "net/http/route_table.hpp"

#include <atomic>
#include <functional>

namespace orderly {

inline constexpr route_row live_row{"GET", "/healthz", {}, "healthz", "Whether the process answers at all"};
inline constexpr route_row ready_row{"GET", "/readyz", {}, "readyz", "Whether the engine takes work, and why not"};

class health {
public:
  explicit health(std::function<bool()> engine_ready) : engine_ready_(std::move(engine_ready)) {}
  void start_draining() { draining_ = true; }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] bool engine_ready() const { return engine_ready_(); }
  /// 200 as long as the process answers at all.
  [[nodiscard]] static http_response live();
  /// 200, or 503 with why: draining, storage. (Before the engine has started nobody listens.)
  [[nodiscard]] http_response ready();

private:
  std::function<bool()> engine_ready_;
  std::atomic<bool> draining_{false};
};

} // namespace orderly
