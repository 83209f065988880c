#pragma once
// The storage writer: write-behind with group commit. Whatever arrives while a lane's transaction is under way makes the next
// one. Short writes (store_task) go in between, one after each batch, so that neither makes the other wait for long. Runs on the
// scheduler and never blocks; its lanes do.

#include "actors/engine/protocol.hpp"
#include "actors/plumbing/reply_guard.hpp"
#include "actors/plumbing/restart_budget.hpp"
#include "base/metrics.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace orderly {

struct writer_metrics {
  explicit writer_metrics(metrics& m);
  counter commits, units, records, tasks, conflicts, refused, failures, lane_restarts;
  gauge waiting, records_waiting, tasks_waiting, lanes_busy;
  histogram units_per_commit;
};

struct writer_options {
  std::size_t lanes = 1;       ///< of orders
  bool lane_for_tasks = false; ///< one more, where lanes do not exclude each other
  std::size_t max_batch = 500; ///< units a transaction: beyond it the store gains nothing (performance: 100 to 500)
  /// Makes a lane; detached in the product, scheduled in deterministic tests.
  std::function<lane_actor(caf::actor_system&)> spawn_lane;
  std::shared_ptr<std::atomic<bool>> healthy; ///< false while commits of some lane fail or hang; read by /readyz
  metrics* measured = nullptr;
  const clock* time = nullptr;
  restart_limit lane_restarts; ///< more deaths of lanes than that end the writer
};

struct writer_state {
  explicit writer_state(writer_actor::pointer self);
  ~writer_state();

  struct waiting_unit {
    unit_ptr what;
    reply_guard<commit_reply> asker;
  };
  struct waiting_record {
    std::shared_ptr<const input_record> what;
    reply_guard<commit_reply> asker;
  };
  struct waiting_task {
    task_ptr what;
    reply_guard<task_reply> asker;
  };
  struct lane_slot {
    lane_actor handle;
    bool busy = false;    ///< with a batch
    bool in_task = false; ///< one is at the lane, maybe behind a batch
    std::uint64_t restarts = 0;
    bool hangs = false; ///< its batch does not come back
    bool to_be_probed = false;
    bool fails = false;                                 ///< until it has committed something
    std::chrono::steady_clock::time_point busy_since{}; ///< on the actors' clock
    std::deque<waiting_unit> units;
    std::deque<waiting_record> records;
    std::deque<waiting_task> tasks;
  };

  lane_slot& lane_of(const tiktok_order_id& order);
  lane_slot& lane_of(const store_task& task);
  lane_slot& lane_for(const input_record& record);
  [[nodiscard]] std::size_t place_of(const lane_slot& slot) const { return static_cast<std::size_t>(&slot - lanes.data()); }
  void flush(std::size_t lane);
  /// Hands the lane its next task or a probe, unless it has one.
  void run_next(std::size_t lane);
  void replace(const caf::down_msg& dead);
  /// Once a second: a store that does not come back from its transactions fails too, and a lane that failed and has nothing to
  /// commit tries whether it could.
  void look_after_lanes();
  [[nodiscard]] lanes_seen_ptr look() const;
  /// Tells all that still wait for a lane that nothing of theirs was written.
  void give_up();

  writer_actor::pointer self;
  writer_options options;
  std::optional<writer_metrics> measured;
  std::vector<lane_slot> lanes;
  restart_budget lane_deaths;
  static constexpr const char* name = kind_name<writer_actor>;

private:
  void take_units(lane_slot& from, std::vector<waiting_unit>& into);
  template <class Waiting>
  std::size_t answer_all(std::vector<Waiting>& askers, const std::vector<commit_reply>& fates, bool& failed);
  void finish(std::size_t lane, std::vector<waiting_unit>& units, std::vector<waiting_record>& records, const batch_reply& reply);
  void on_ran(std::size_t lane, waiting_task& task, const task_reply& reply);
  void probe(std::size_t lane);
  void tell_health() const;
};

writer_actor::behavior_type storage_writer(writer_actor::stateful_pointer<writer_state> self, writer_options options);

} // namespace orderly
