#pragma once
// The root supervisor: starts the engine's parts, starts anew what dies, and stops them in order. When they die faster than that
// helps it says so, once, and mends no more: the engine is then to be ended.

#include "actors/engine/gateway.hpp"
#include "actors/engine/protocol.hpp"
#include "actors/plumbing/restart_budget.hpp"
#include "base/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// Actors that live and die together.
struct part {
  std::string name;                                                 ///< in logs and metrics
  std::function<std::vector<caf::actor>(caf::actor_system&)> start; ///< opens their references too
  std::function<void()> close;                                      ///< closes them
  std::vector<std::string_view> kinds{};                            ///< of its members (kind_name), as they are shown
  std::optional<std::size_t> number{};                              ///< among its like, where there are several
  bool last_source = false; ///< once it has stopped, only what was accepted from outside is left to be finished
};

struct supervisor_options {
  std::vector<part> parts; ///< in the order of their start; they stop in the opposite one
  restart_limit restarts;
  const clock* time = nullptr;
  metrics* measured = nullptr;
  gateway* orders = nullptr; ///< closed when the stop has waited for what it accepted
  /// Once, on a thread of the engine: must not wait for the engine.
  std::function<void(const std::string& why)> on_failure;
};

struct supervisor_state {
  explicit supervisor_state(supervisor_actor::pointer self);
  ~supervisor_state();

  void on_down(const caf::down_msg& msg);
  void stop(std::chrono::milliseconds grace);
  void drain();
  void fail(const std::string& why);
  [[nodiscard]] parts_seen_ptr look() const;

  /// A part with its actors of now.
  struct running_part {
    part what;
    std::vector<caf::actor> members;
    bool stopping = false;
    std::uint64_t restarts = 0;
  };

  supervisor_actor::pointer self;
  supervisor_options options;
  restart_budget deaths;
  std::vector<running_part> running;
  static constexpr const char* name = kind_name<supervisor_actor>;

private:
  void mend(running_part& dead, const std::string& why);
  void stop_next();

  bool failed_ = false, stopping_ = false, out_of_time_ = false;
};

/// Starts every part on the caller's thread, so that all of them are there when it returns, and then their supervisor. When a
/// part throws, those before it are ended.
supervisor_actor start_supervisor(caf::actor_system& in, supervisor_options options);

} // namespace orderly
