#pragma once
// A short write while the engine runs: whoever wants one makes a task of it, and a lane of the storage writer runs that between
// two batches. How a new one is added stands at store_writer (store.hpp).

#include "storage/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace orderly {

/// Made for one asking, run at most once.
class store_task {
public:
  virtual ~store_task() = default;
  /// On a lane's thread. The error is told to the lane too, which gives up a connection that is broken.
  virtual result<void> run(store_writer& on) = 0;
  /// On a store with several lanes: not empty, the task goes to the lane of this order, behind its unit that is under way.
  [[nodiscard]] virtual tiktok_order_id behind() const { return {}; }
};
using task_ptr = std::shared_ptr<store_task>;

/// Keeps what `Work`, a function of store_writer& that returns a result, has returned.
template <class Work>
class task_of final : public store_task {
public:
  using outcome = std::invoke_result_t<Work&, store_writer&>;

  task_of(Work work, tiktok_order_id behind) : work_(std::move(work)), behind_(std::move(behind)) {}
  result<void> run(store_writer& on) override {
    outcome_ = work_(on);
    return *outcome_ ? result<void>{} : result<void>{outcome_->error()};
  }
  [[nodiscard]] tiktok_order_id behind() const override { return behind_; }

  /// Only once whoever ran it has said that it is over: until then it may be running.
  [[nodiscard]] outcome take() { return *std::move(outcome_); }

private:
  Work work_;
  tiktok_order_id behind_;
  std::optional<outcome> outcome_;
};

/// @param behind see store_task
template <class Work>
std::shared_ptr<task_of<Work>> make_task(Work work, tiktok_order_id behind = {}) {
  return std::make_shared<task_of<Work>>(std::move(work), std::move(behind));
}

/// The lanes, for threads that are no actors.
class task_port {
public:
  virtual ~task_port() = default;
  /// Thread-safe, never blocks. Calls back once, in any case, on a thread of the engine: with an error when the task was not
  /// run, or nobody knows whether it was.
  virtual void run(task_ptr what, std::function<void(std::optional<error> lost)> done) = 0;
};

/// Runs `work` on a lane and calls back with what it returned, or with why it was not run.
template <class Work, class Done>
void write_on(task_port& lanes, Work work, Done done) {
  const auto task = make_task(std::move(work));
  lanes.run(task, [task, done = std::move(done)](std::optional<error> lost) {
    using outcome = typename task_of<Work>::outcome;
    done(lost ? outcome{*std::move(lost)} : task->take());
  });
}

} // namespace orderly
