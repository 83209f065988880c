#pragma once
// A lane of the storage writer: one writing connection on one thread. The engine's first lanes get theirs, opened at the start;
// one that breaks is thrown away whole, and its lane opens the next with what it is asked next.

#include "actors/engine/protocol.hpp"
#include "storage/store.hpp"

#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace orderly {

/// The store could not be reached, or broke off; else it is an error of what was asked.
bool is_of_store(const error& why);

/// Connections that were opened before their lanes. Thread-safe.
class opened_writers {
public:
  explicit opened_writers(std::vector<std::unique_ptr<store_writer>> all) : all_(std::move(all)) {}
  /// Null when none is left: who replaces a lane opens its own.
  std::unique_ptr<store_writer> take() {
    std::lock_guard lock(mutex_);
    if (all_.empty())
      return nullptr;
    auto one = std::move(all_.back());
    all_.pop_back();
    return one;
  }

private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<store_writer>> all_;
};

struct lane_state {
  explicit lane_state(lane_actor::pointer self);

  batch_reply commit(const commit_batch& batch);
  task_reply run(store_task& task);

  orderly::store* store = nullptr;
  std::unique_ptr<store_writer> writer; ///< the connection, when there is one
  static constexpr const char* name = kind_name<lane_actor>;

private:
  /// The open connection, or why there is none.
  result<store_writer*> connection();
  std::vector<commit_reply> commit_units(const std::vector<unit_ptr>& units);
  void drop_after(const error& why);
  std::vector<commit_reply> record(std::span<const input_record> inputs);
  bool is_away_ = false; ///< it cannot connect, and the log says so
};

/// Spawn it detached: it blocks on the disk. Tests spawn it scheduled. `into` must outlive it.
/// @param opened may be null
lane_actor::behavior_type lane(lane_actor::stateful_pointer<lane_state> self, orderly::store* into,
                               const std::shared_ptr<opened_writers>& opened);

} // namespace orderly
