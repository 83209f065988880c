#pragma once
// Handles a cohort of dead letters again. One actor a request, short-lived: first one letter, then the rest in small groups,
// until one fails. What it has made pending is not lost with it: the sweeper brings it.

#include "actors/engine/protocol.hpp"
#include "actors/plumbing/actor_ref.hpp"
#include "base/clock.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/ports/reads.hpp"

#include <caf/stateful_actor.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace orderly {

struct redrive_services {
  reads* reader = nullptr;
  order_port* orders = nullptr;
  const clock* time = nullptr;
  ref_of<writer_actor> writer;
  std::shared_ptr<std::atomic<int>> reads_under_way; ///< callbacks that may still come from reader threads
};

struct redriver_state {
  explicit redriver_state(redriver_actor::pointer self);
  /// Whatever ends it, the asker is answered.
  ~redriver_state();

  void look();
  void on_found(const result<std::vector<std::int64_t>>& letters);
  void on_group_answered(std::size_t good, const std::string& why);

  redriver_actor::pointer self;
  std::shared_ptr<const redrive_services> services;
  redrive_request request;
  std::function<void(result<redrive_report>)> done;
  static constexpr const char* name = "redriver";

private:
  void next_group();
  void on_reopened(const result<std::vector<input>>& inputs);
  void finish(result<redrive_report> with);

  std::vector<std::int64_t> letters_; ///< not tried yet, the next one last
  std::size_t group_ = 0;             ///< inputs that were posted and not answered
  redrive_report report_;
};

redriver_actor::behavior_type redriver(redriver_actor::stateful_pointer<redriver_state> self,
                                       std::shared_ptr<const redrive_services> services, redrive_request request,
                                       std::function<void(result<redrive_report>)> done);

} // namespace orderly
