#include "actors/store/lane.hpp"

#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace orderly {
namespace {

commit_reply failed(const error& why) {
  const bool unknown = why.code == error_code::storage_outcome_unknown;
  return {unknown ? commit_fate::unknown : commit_fate::unavailable, to_string(why)};
}

/// Said of a whole transaction: the store could not be reached, or broke off.
bool failed_whole(const commit_reply& r) { return r.fate == commit_fate::unavailable || r.fate == commit_fate::unknown; }

commit_reply fate_of(const unit_result& r) {
  switch (r.verdict) {
  case commit_verdict::committed: return {commit_fate::committed, {}};
  case commit_verdict::conflict: return {commit_fate::conflict, r.why};
  case commit_verdict::refused: break;
  }
  return {commit_fate::refused, r.why};
}

} // namespace

bool is_of_store(const error& why) {
  return why.code == error_code::storage_unavailable || why.code == error_code::storage_outcome_unknown ||
         why.code == error_code::internal;
}

static_assert(actor_state<lane_state, lane_actor::pointer>);

lane_state::lane_state(lane_actor::pointer) {}

result<store_writer*> lane_state::connection() {
  if (writer)
    return writer.get();
  auto opened = store->open_writer();
  if (!opened) {
    if (!std::exchange(is_away_, true)) // it is tried each second
      log(log_level::error, "storage.lane_away",
          "a storage lane cannot connect; its share of the orders is answered 503 meanwhile",
          {{"why", to_string(opened.error())}});
    return opened.error();
  }
  if (std::exchange(is_away_, false))
    log(log_level::info, "storage.lane_back", "the storage lane is connected again", {});
  writer = std::move(*opened);
  return writer.get();
}

batch_reply lane_state::commit(const commit_batch& batch) {
  batch_reply reply;
  reply.units = commit_units(batch.units);
  std::vector<input_record> records;
  records.reserve(batch.records.size());
  for (const auto& one : batch.records)
    records.push_back(*one);
  if (!reply.units.empty() && failed_whole(reply.units.front())) // once more would only make the next batch wait longer
    reply.records.assign(records.size(), {commit_fate::unavailable, reply.units.front().why});
  else
    reply.records = record(records);
  return reply;
}

std::vector<commit_reply> lane_state::commit_units(const std::vector<unit_ptr>& wanted) {
  if (wanted.empty())
    return {};
  const auto open = connection();
  if (!open)
    return std::vector<commit_reply>(wanted.size(), failed(open.error()));
  std::vector<order_unit> units;
  units.reserve(wanted.size());
  for (const auto& unit : wanted)
    units.push_back(*unit);
  const auto done = (*open)->commit(units);
  if (!done) {
    log(log_level::error, "storage.commit_failed", "a batch could not be committed", {{"why", to_string(done.error())}});
    writer.reset();
    return std::vector<commit_reply>(wanted.size(), failed(done.error()));
  }
  std::vector<commit_reply> fates;
  for (const auto& r : *done) {
    if (r.verdict == commit_verdict::committed)
      stamp(units[fates.size()], trace_stage::committed);
    fates.push_back(fate_of(r));
  }
  return fates;
}

/// Other errors are of what was asked; after these the connection is thrown away whole.
void lane_state::drop_after(const error& why) {
  if (is_of_store(why))
    writer.reset();
}

/// In one transaction; when the store refuses one of them, each in its own, so that it fails alone. The first that meets a store
/// which cannot be reached speaks for the rest.
std::vector<commit_reply> lane_state::record(std::span<const input_record> inputs) {
  if (inputs.empty())
    return {};
  const auto open = connection();
  if (!open)
    return std::vector<commit_reply>(inputs.size(), failed(open.error()));
  const auto done = (*open)->record(inputs);
  if (done) {
    for (const auto& one : inputs)
      stamp(one.what->trace, trace_stage::committed);
    return std::vector<commit_reply>(inputs.size());
  }
  if (done.error().code != error_code::refused_by_store) {
    log(log_level::error, "storage.record_failed", "inputs could not be recorded", {{"why", to_string(done.error())}});
    writer.reset();
    return std::vector<commit_reply>(inputs.size(), failed(done.error()));
  }
  if (inputs.size() == 1) {
    log(log_level::error, "storage.record_refused", "the store refuses an input",
        {{"input", to_string(inputs.front().what->id)}, {"why", to_string(done.error())}});
    return {commit_reply{commit_fate::refused, to_string(done.error())}};
  }
  std::vector<commit_reply> fates;
  while (fates.size() < inputs.size() && (fates.empty() || !failed_whole(fates.back())))
    fates.push_back(record(inputs.subspan(fates.size(), 1)).front());
  if (fates.size() < inputs.size())
    fates.resize(inputs.size(), commit_reply{fates.back()});
  return fates;
}

task_reply lane_state::run(store_task& task) {
  const auto open = connection();
  if (!open)
    return {false, open.error()};
  const auto done = task.run(**open);
  if (done)
    return {true, std::nullopt};
  drop_after(done.error());
  return {true, done.error()};
}

lane_actor::behavior_type lane(lane_actor::stateful_pointer<lane_state> self, orderly::store* into,
                               const std::shared_ptr<opened_writers>& opened) {
  keep_words_of_faults(self);
  self->state.store = into;
  if (opened)
    self->state.writer = opened->take();
  return handlers<lane_actor>([self](atom::commit, const batch_ptr& batch) { return self->state.commit(*batch); },
                              [self](atom::run, const task_ptr& task) { return self->state.run(*task); });
}

} // namespace orderly
