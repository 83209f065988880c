#include "actors/store/storage_writer.hpp"

#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "actors/store/lane.hpp"
#include "base/log.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace orderly {

static_assert(actor_state<writer_state, writer_actor::pointer>);

namespace {

/// For what was asked and not answered: reading settles it.
commit_reply writer_ended() { return {commit_fate::unknown, "the storage writer ended"}; }
task_reply nobody_knows(std::string why) { return {false, error{error_code::storage_outcome_unknown, std::move(why), {}}}; }

constexpr auto lane_patience = std::chrono::seconds{60}; // a lane answers also when the store fails: for one that hangs or died
constexpr auto longest_commit = std::chrono::seconds{3}; // then a webhook in it has been answered 503
constexpr auto look_every = std::chrono::seconds{1};

} // namespace

writer_metrics::writer_metrics(metrics& m)
    : commits(m.counter("orderly_storage_commits_total", "Transactions of the storage writer")),
      units(m.counter("orderly_storage_units_total", "Units of orders that were committed")),
      records(m.counter("orderly_storage_records_total", "Inputs that were committed apart from a unit")),
      tasks(m.counter("orderly_storage_tasks_total", "Short writes that were done beside the batches")),
      conflicts(m.counter("orderly_storage_conflicts_total", "Units that were decided on a version that is no longer stored")),
      refused(m.counter("orderly_storage_refused_total", "Units and inputs that the store refused")),
      failures(m.counter("orderly_storage_failures_total", "Transactions that failed as a whole")),
      lane_restarts(m.counter("orderly_storage_lane_restarts_total", "Lanes that died and were replaced")),
      waiting(m.gauge("orderly_storage_units_waiting", "Units that wait for a lane")),
      records_waiting(m.gauge("orderly_storage_records_waiting", "Inputs apart from a unit that wait for a lane")),
      tasks_waiting(m.gauge("orderly_storage_tasks_waiting", "Short writes that wait for a lane")),
      lanes_busy(m.gauge("orderly_storage_lanes_busy", "Lanes with a transaction under way")),
      units_per_commit(
          m.histogram("orderly_storage_units_per_commit", "Units a transaction", {1, 2, 5, 10, 20, 50, 100, 200, 500})) {}

writer_state::writer_state(writer_actor::pointer p) : self(p) {}

/// However the writer ends, its lanes end with it, each after its transaction.
writer_state::~writer_state() {
  for (auto& slot : lanes)
    caf::anon_send_exit(slot.handle, caf::exit_reason::user_shutdown);
}

writer_state::lane_slot& writer_state::lane_of(const tiktok_order_id& order) {
  return lanes[std::hash<tiktok_order_id>{}(order) % options.lanes];
}

writer_state::lane_slot& writer_state::lane_of(const store_task& task) {
  const auto order = task.behind();
  if (order.empty())
    return lanes.back();
  return lane_of(order);
}

/// A pending input must not wait behind what keeps its order from being decided: with its own lane busy it takes an idle one.
writer_state::lane_slot& writer_state::lane_for(const input_record& record) {
  auto& own = lane_of(record.what->order);
  if (!own.busy)
    return own;
  const auto end = lanes.begin() + static_cast<std::ptrdiff_t>(options.lanes);
  const auto idle = std::find_if(lanes.begin(), end, [](const lane_slot& one) { return !one.busy; });
  return idle == end ? own : *idle;
}

void writer_state::take_units(lane_slot& from, std::vector<waiting_unit>& into) {
  // An order may stand in a batch once. It has one unit here at a time, unless it gave one up for lost and asks again.
  std::unordered_set<std::string> seen;
  std::deque<waiting_unit> later;
  while (!from.units.empty() && into.size() < options.max_batch) {
    auto unit = std::move(from.units.front());
    from.units.pop_front();
    if (seen.insert(unit.what->order.str()).second)
      into.push_back(std::move(unit));
    else
      later.push_back(std::move(unit));
  }
  from.units.insert(from.units.begin(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
}

void writer_state::flush(std::size_t index) {
  auto& slot = lanes[index];
  if (slot.busy || (slot.units.empty() && slot.records.empty()))
    return;
  auto batch = std::make_shared<commit_batch>();
  auto units = std::make_shared<std::vector<waiting_unit>>();
  auto records = std::make_shared<std::vector<waiting_record>>();
  take_units(slot, *units);
  for (const auto& unit : *units) {
    stamp(*unit.what, trace_stage::gathered);
    batch->units.push_back(unit.what);
  }
  for (; !slot.records.empty() && records->size() < options.max_batch; slot.records.pop_front()) {
    stamp(slot.records.front().what->what->trace, trace_stage::gathered);
    batch->records.push_back(slot.records.front().what);
    records->push_back(std::move(slot.records.front()));
  }
  slot.busy = true;
  slot.busy_since = self->clock().now();
  measured->lanes_busy.add(1);
  measured->waiting.add(-static_cast<double>(units->size()));
  measured->records_waiting.add(-static_cast<double>(records->size()));
  ask_within(lane_patience, self, slot.handle, atom::commit::value, batch_ptr{std::move(batch)})
      .then([this, index, units, records](const batch_reply& reply) { finish(index, *units, *records, reply); },
            [this, index, units, records](const caf::error&) {
              const commit_reply unknown{commit_fate::unknown, "the lane did not answer"};
              batch_reply lost;
              lost.units.assign(units->size(), unknown);
              lost.records.assign(records->size(), unknown);
              finish(index, *units, *records, lost);
            });
}

/// Hands out the fates, counts them, and returns how many of these were committed.
template <class Waiting>
std::size_t writer_state::answer_all(std::vector<Waiting>& askers, const std::vector<commit_reply>& fates, bool& failed) {
  std::size_t committed = 0;
  for (std::size_t i = 0; i < askers.size(); ++i) {
    const auto fate = fates[i].fate;
    committed += fate == commit_fate::committed;
    failed |= fate == commit_fate::unavailable || fate == commit_fate::unknown;
    if (fate == commit_fate::conflict)
      measured->conflicts.add();
    if (fate == commit_fate::refused)
      measured->refused.add();
    askers[i].asker.deliver(fates[i]);
  }
  return committed;
}

void writer_state::finish(std::size_t index, std::vector<waiting_unit>& units, std::vector<waiting_record>& records,
                          const batch_reply& reply) {
  bool failed = false;
  const auto units_done = answer_all(units, reply.units, failed), records_done = answer_all(records, reply.records, failed);
  measured->units.add(static_cast<double>(units_done));
  measured->records.add(static_cast<double>(records_done));
  (failed ? measured->failures : measured->commits).add();
  measured->units_per_commit.observe(static_cast<double>(units.size()));
  measured->lanes_busy.add(-1);
  auto& slot = lanes[index];
  slot.busy = slot.hangs = false;
  if (failed || units_done + records_done > 0) // conflicts and refusals write nothing: they say nothing about the disk
    slot.fails = failed;
  tell_health();
  flush(index);
}

void writer_state::run_next(std::size_t index) {
  auto& slot = lanes[index];
  if (slot.in_task)
    return;
  if (std::exchange(slot.to_be_probed, false))
    return probe(index);
  if (slot.tasks.empty())
    return;
  auto task = std::make_shared<waiting_task>(std::move(slot.tasks.front()));
  slot.tasks.pop_front();
  measured->tasks_waiting.add(-1);
  slot.in_task = true;
  ask_within(lane_patience, self, slot.handle, atom::run::value, task->what)
      .then([this, index, task](const task_reply& reply) { on_ran(index, *task, reply); },
            [this, index, task](const caf::error&) { on_ran(index, *task, nobody_knows("the lane did not answer")); });
}

void writer_state::on_ran(std::size_t index, waiting_task& task, const task_reply& reply) {
  auto& slot = lanes[index];
  slot.in_task = false;
  measured->tasks.add();
  if (reply.failure && is_of_store(*reply.failure)) {
    slot.fails = true;
    tell_health();
  }
  task.asker.deliver(reply);
  run_next(index);
}

/// Only a commit heals a lane that failed: a full disk lets everything pass that writes nothing, and another lane's commits may
/// be another server's.
void writer_state::probe(std::size_t index) {
  lanes[index].in_task = true;
  const auto over = [this, index](bool committed) {
    auto& slot = lanes[index];
    slot.in_task = false;
    slot.fails = slot.fails && !committed;
    tell_health();
    run_next(index);
  };
  const task_ptr task = make_task([](store_writer& on) { return on.probe(); });
  ask_within(lane_patience, self, lanes[index].handle, atom::run::value, task)
      .then([over](const task_reply& reply) { over(!reply.failure); }, [over](const caf::error&) { over(false); });
}

void writer_state::tell_health() const {
  options.healthy->store(std::none_of(lanes.begin(), lanes.end(), [](const lane_slot& one) { return one.fails || one.hangs; }));
}

void writer_state::look_after_lanes() {
  const auto now = self->clock().now();
  for (auto& slot : lanes) {
    if (slot.busy && !slot.hangs && now - slot.busy_since > longest_commit) {
      slot.hangs = true;
      log(log_level::error, "storage.hangs", "a transaction does not come back; webhooks may be answered 503 meanwhile",
          {{"lane", place_of(slot)}});
    }
    slot.to_be_probed = slot.fails && !slot.busy;
    run_next(place_of(slot));
  }
  tell_health();
}

lanes_seen_ptr writer_state::look() const {
  auto seen = std::make_shared<std::vector<lane_seen>>();
  for (const auto& slot : lanes)
    seen->push_back({slot.units.size() + slot.records.size() + slot.tasks.size(), slot.busy || slot.in_task,
                     slot.fails || slot.hangs, place_of(slot) >= options.lanes, slot.restarts});
  return seen;
}

void writer_state::give_up() {
  const commit_reply ended{commit_fate::unavailable, "the engine ends"};
  const task_reply not_run{false, error{error_code::storage_unavailable, "the engine ends", {}}};
  for (auto& slot : lanes) {
    for (auto& unit : slot.units)
      unit.asker.deliver(ended);
    for (auto& record : slot.records)
      record.asker.deliver(ended);
    for (auto& task : slot.tasks)
      task.asker.deliver(not_run);
    slot.units.clear();
    slot.records.clear();
    slot.tasks.clear();
  }
}

void writer_state::replace(const caf::down_msg& dead) {
  const auto slot =
      std::find_if(lanes.begin(), lanes.end(), [&](const lane_slot& one) { return one.handle.address() == dead.source; });
  if (slot == lanes.end())
    return; // CAF may deliver what was under way
  const auto why = words_of(dead.reason);
  if (!lane_deaths.allows_another(options.time->now())) {
    self->quit(caf::make_error(caf::sec::runtime_error, "its lanes keep dying: " + why));
    return;
  }
  log(log_level::error, "storage.lane_restarted", "a storage lane died and is replaced", {{"why", why}});
  measured->lane_restarts.add();
  ++slot->restarts;
  slot->handle = options.spawn_lane(self->home_system());
  self->monitor(slot->handle);
}

writer_actor::behavior_type storage_writer(writer_actor::stateful_pointer<writer_state> self, writer_options options) {
  keep_words_of_faults(self);
  auto& state = self->state;
  state.options = std::move(options);
  state.measured.emplace(*state.options.measured);
  state.measured->waiting.set(0); // a predecessor may have died with some
  state.measured->records_waiting.set(0);
  state.measured->tasks_waiting.set(0);
  state.measured->lanes_busy.set(0);
  state.lane_deaths = restart_budget{state.options.lane_restarts};
  state.lanes = std::vector<writer_state::lane_slot>(state.options.lanes + (state.options.lane_for_tasks ? 1 : 0));
  for (auto& slot : state.lanes) {
    slot.fails = !state.options.healthy->load(); // a predecessor's
    slot.handle = state.options.spawn_lane(self->home_system());
    self->monitor(slot.handle);
  }
  remind(self, look_every, atom::tick::value);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.replace(msg); });
  self->set_exit_handler([self](const caf::exit_msg& msg) {
    self->state.give_up();
    self->quit(msg.reason);
  });
  return handlers<writer_actor>(
      [self](atom::commit, const unit_ptr& unit) {
        auto& slot = self->state.lane_of(unit->order);
        auto asker = self->make_response_promise<commit_reply>();
        slot.units.push_back({unit, {asker, writer_ended()}});
        self->state.measured->waiting.add(1);
        self->state.flush(self->state.place_of(slot));
        return asker;
      },
      [self](atom::record, const std::shared_ptr<const input_record>& record) {
        auto& slot = self->state.lane_for(*record);
        auto asker = self->make_response_promise<commit_reply>();
        slot.records.push_back({record, {asker, writer_ended()}});
        self->state.measured->records_waiting.add(1);
        self->state.flush(self->state.place_of(slot));
        return asker;
      },
      [self](atom::run, const task_ptr& task) {
        auto& slot = self->state.lane_of(*task);
        auto asker = self->make_response_promise<task_reply>();
        slot.tasks.push_back({task, {asker, nobody_knows("the storage writer ended")}});
        self->state.measured->tasks_waiting.add(1);
        self->state.run_next(self->state.place_of(slot));
        return asker;
      },
      [self](atom::look) { return self->state.look(); },
      [self](atom::tick) {
        self->state.look_after_lanes();
        remind(self, look_every, atom::tick::value);
      });
}

} // namespace orderly
