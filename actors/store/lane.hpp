#pragma once
// A lane of the storage writer: one writing connection on one thread. Opens it on first use and throws it away whole when it
// breaks.

#include "actors/engine/protocol.hpp"
#include "storage/store.hpp"

#include <memory>
#include <span>
#include <vector>

namespace orderly {

struct lane_state {
  explicit lane_state(lane_actor::pointer self);

  batch_reply commit(const commit_batch& batch);
  commit_reply note(const attention_note& what);
  result<std::vector<input>> redrive(const std::vector<std::int64_t>& dead_letters, timestamp now);
  result<claimed_rows> claim(const claim_request& what);

  orderly::store* store = nullptr;
  static constexpr const char* name = "lane";

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
