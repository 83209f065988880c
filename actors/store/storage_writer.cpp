#include "actors/store/storage_writer.hpp"

#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <unordered_set>

namespace orderly {

static_assert(actor_state<writer_state, writer_actor::pointer>);

namespace {

/// For what was asked and not answered: reading settles it.
commit_reply writer_ended() { return {commit_fate::unknown, "the storage writer ended"}; }
error no_answer() { return {error_code::storage_unavailable, "the lane did not answer", {}}; }

constexpr auto lane_patience = std::chrono::seconds{60}; // a lane answers also when the store fails: for one that hangs or died
constexpr auto longest_commit = std::chrono::seconds{3}; // then a webhook in it has been answered 503
constexpr auto look_every = std::chrono::seconds{1};
constexpr auto unwatched = [](const auto&) {};

/// Short transactions go to a lane past the group commit and its busy mark: it does them between two batches. Whoever asked gets
/// `lost` when the lane does not answer.
template <class Reply, class Seen, class... Question>
caf::typed_response_promise<Reply> ask_lane(writer_actor::stateful_pointer<writer_state> self, writer_state::lane_slot& lane,
                                            Reply lost, Seen seen, const Question&... what) {
  auto promised = self->make_response_promise<Reply>();
  const auto asker = std::make_shared<reply_guard<Reply>>(promised, std::move(lost));
  self->request(lane.handle, lane_patience, what...)
      .then(
          [asker, seen](const Reply& reply) {
            seen(reply);
            asker->deliver(reply);
          },
          [asker](const caf::error&) {}); // the asker is told when this is let go
  return promised;
}

} // namespace

writer_metrics::writer_metrics(metrics& m)
    : commits(m.counter("orderly_storage_commits_total", "Transactions of the storage writer")),
      units(m.counter("orderly_storage_units_total", "Units of orders that were committed")),
      records(m.counter("orderly_storage_records_total", "Inputs that were committed apart from a unit")),
      conflicts(m.counter("orderly_storage_conflicts_total", "Units that were decided on a version that is no longer stored")),
      refused(m.counter("orderly_storage_refused_total", "Units and inputs that the store refused")),
      failures(m.counter("orderly_storage_failures_total", "Transactions that failed as a whole")),
      lane_restarts(m.counter("orderly_storage_lane_restarts_total", "Lanes that died and were replaced")),
      waiting(m.gauge("orderly_storage_units_waiting", "Units that wait for a lane")),
      records_waiting(m.gauge("orderly_storage_records_waiting", "Inputs apart from a unit that wait for a lane")),
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
  return lanes[std::hash<tiktok_order_id>{}(order) % lanes.size()];
}

/// A pending input must not wait behind what keeps its order from being decided: with its own lane busy it takes an idle one.
writer_state::lane_slot& writer_state::lane_for(const input_record& record) {
  auto& own = lane_of(record.what->order);
  if (!own.busy)
    return own;
  const auto idle = std::find_if(lanes.begin(), lanes.end(), [](const lane_slot& one) { return !one.busy; });
  return idle == lanes.end() ? own : *idle;
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
  for (const auto& unit : *units)
    batch->units.push_back(unit.what);
  for (; !slot.records.empty() && records->size() < options.max_batch; slot.records.pop_front()) {
    batch->records.push_back(slot.records.front().what);
    records->push_back(std::move(slot.records.front()));
  }
  slot.busy = true;
  slot.busy_since = self->clock().now();
  measured->lanes_busy.add(1);
  measured->waiting.add(-static_cast<double>(units->size()));
  measured->records_waiting.add(-static_cast<double>(records->size()));
  self->request(slot.handle, lane_patience, atom::commit::value, batch_ptr{std::move(batch)})
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
std::size_t writer_state::tell(std::vector<Waiting>& askers, const std::vector<commit_reply>& fates, bool& failed) {
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
  measured->units.add(static_cast<double>(tell(units, reply.units, failed)));
  measured->records.add(static_cast<double>(tell(records, reply.records, failed)));
  (failed ? measured->failures : measured->commits).add();
  options.healthy->store(!failed);
  measured->units_per_commit.observe(static_cast<double>(units.size()));
  measured->lanes_busy.add(-1);
  lanes[index].busy = false;
  flush(index);
}

void writer_state::look_for_hangs() {
  const auto now = self->clock().now();
  const bool hangs = std::all_of(lanes.begin(), lanes.end(),
                                 [&](const lane_slot& one) { return one.busy && now - one.busy_since > longest_commit; });
  if (hangs && options.healthy->exchange(false))
    log(log_level::error, "storage.hangs", "no transaction comes back; webhooks are answered 503 meanwhile", {});
}

void writer_state::give_up() {
  const commit_reply ended{commit_fate::unavailable, "the engine ends"};
  for (auto& slot : lanes) {
    for (auto& unit : slot.units)
      unit.asker.deliver(ended);
    for (auto& record : slot.records)
      record.asker.deliver(ended);
    slot.units.clear();
    slot.records.clear();
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
  state.measured->lanes_busy.set(0);
  state.lane_deaths = restart_budget{state.options.lane_restarts};
  state.lanes = std::vector<writer_state::lane_slot>(state.options.lanes);
  for (auto& slot : state.lanes) {
    slot.handle = state.options.spawn_lane(self->home_system());
    self->monitor(slot.handle);
  }
  self->delayed_send(self, look_every, atom::tick::value);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.replace(msg); });
  self->set_exit_handler([self](const caf::exit_msg& msg) {
    self->state.give_up();
    self->quit(msg.reason);
  });
  return {
      [self](atom::commit, const unit_ptr& unit) {
        auto& slot = self->state.lane_of(unit->order);
        auto asker = self->make_response_promise<commit_reply>();
        slot.units.push_back({unit, {asker, writer_ended()}});
        self->state.measured->waiting.add(1);
        self->state.flush(static_cast<std::size_t>(&slot - self->state.lanes.data()));
        return asker;
      },
      [self](atom::record, const std::shared_ptr<const input_record>& record) {
        auto& slot = self->state.lane_for(*record);
        auto asker = self->make_response_promise<commit_reply>();
        slot.records.push_back({record, {asker, writer_ended()}});
        self->state.measured->records_waiting.add(1);
        self->state.flush(static_cast<std::size_t>(&slot - self->state.lanes.data()));
        return asker;
      },
      [self](atom::note, const std::shared_ptr<const attention_note>& what) {
        return ask_lane(self, self->state.lane_of(what->order), writer_ended(), unwatched, atom::note::value, what);
      },
      [self](atom::redrive, const std::shared_ptr<const std::vector<std::int64_t>>& dead_letters, timestamp now) {
        const redrive_reply lost{std::make_shared<const result<std::vector<input>>>(no_answer())};
        return ask_lane(self, self->state.lanes.front(), lost, unwatched, atom::redrive::value, dead_letters, now);
      },
      [self](atom::claim, const claim_request& what) {
        // The scan doubles as the probe that finds a store which has come back.
        const auto probe = [self](const claim_reply& r) { self->state.options.healthy->store(r.what->has_value()); };
        const claim_reply lost{std::make_shared<const result<claimed_rows>>(no_answer())};
        return ask_lane(self, self->state.lanes.front(), lost, probe, atom::claim::value, what);
      },
      [self](atom::tick) {
        self->state.look_for_hangs();
        self->delayed_send(self, look_every, atom::tick::value);
      },
  };
}

} // namespace orderly
