#pragma once
// A lane of the storage writer: one writing connection on one thread. Opens it on first use and throws it away whole when it
// breaks.

#include "actors/engine/protocol.hpp"
#include "storage/store.hpp"

#include <memory>
#include <span>
#include <vector>

namespace orderly {

/// The store could not be reached, or broke off; else it is an error of what was asked.
bool is_of_store(const error& why);

struct lane_state {
  explicit lane_state(lane_actor::pointer self);

  batch_reply commit(const commit_batch& batch);
  task_reply run(store_task& task);

  orderly::store* store = nullptr;
  static constexpr const char* name = kind_name<lane_actor>;

private:
  /// The open connection, or why there is none.
  result<store_writer*> connection();
  std::vector<commit_reply> commit_units(const std::vector<unit_ptr>& units);
  void drop_after(const error& why);
  std::vector<commit_reply> record(std::span<const input_record> inputs);
  std::unique_ptr<store_writer> writer_;
};

/// Spawn it detached: it blocks on the disk. Tests spawn it scheduled. `into` must outlive it.
lane_actor::behavior_type lane(lane_actor::stateful_pointer<lane_state> self, orderly::store* into);

} // namespace orderly
