#include "actors/order/order_actor.hpp"

#include "actors/plumbing/counted_read.hpp"
#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "domain/order/decide.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t max_unit = 64;    // inputs a unit: bounds a transaction, the rest makes the next one
constexpr std::size_t recent_keys = 8;  // repeats come within seconds or, hours later, through the store
constexpr int max_unknown_fates = 1000; // of one unit: more than the deaths of lanes and writers that supervision allows

answer refusal_of(const input& in, error why) {
  answer a;
  a.outcome = in.source == input_source::api ? input_outcome::refused : input_outcome::ignored;
  a.refusal = std::move(why);
  return a;
}

} // namespace

static_assert(actor_state<order_actor_state, order_actor::pointer>);

order_metrics::order_metrics(metrics& m)
    : loads(m.counter("orderly_orders_loaded_total", "Reads of an order for its activation or to decide again")),
      redecided(m.counter("orderly_orders_redecided_total", "Units decided again after a conflict or an unknown outcome")) {
  for (auto outcome : {input_outcome::applied, input_outcome::refused, input_outcome::duplicate, input_outcome::stale,
                       input_outcome::ignored, input_outcome::pending, input_outcome::dead})
    outcomes.push_back(
        m.counter("orderly_inputs_total", "Inputs of orders by outcome", {{"outcome", std::string{name_of(outcome)}}}));
}

void order_metrics::count(input_outcome outcome) { outcomes[static_cast<std::size_t>(outcome)].add(); }

order_actor_state::order_actor_state(order_actor::pointer p) : self(p) {}

void order_actor_state::start_unit() {
  if (phase_ != order_phase::idle)
    return;
  const bool behind = loaded_ && newest_seen_ > order_.version;
  if (waiting.empty() && behind)
    load();
  if (waiting.empty())
    return;
  const auto count = one_at_a_time > 0 ? std::size_t{1} : std::min(waiting.size(), max_unit);
  if (one_at_a_time > 0)
    --one_at_a_time;
  in_hand_.assign(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
  hand->inputs.store(in_hand_.size());
  const bool document = std::any_of(in_hand_.begin(), in_hand_.end(), [](const auto& in) { return needs_document(*in); });
  if (!loaded_ || behind || document)
    load();
  else
    decide_in_hand();
}

void order_actor_state::enter(order_phase phase) {
  phase_ = phase;
  hand->phase.store(phase, std::memory_order_relaxed);
}

void order_actor_state::stamp_in_hand(trace_stage stage) const {
  for (const auto& in : in_hand_)
    stamp(in->trace, stage);
}

void order_actor_state::load() {
  enter(order_phase::loading);
  load_request what{.order = id, .keys = {}, .with_document = false};
  for (const auto& in : in_hand_) {
    what.keys.push_back(in->dedupe_key);
    what.with_document |= needs_document(*in);
  }
  services->measured->loads.add();
  // The reader answers exactly once, on a thread of its own or at once on this one; the count lets the engine wait for the last
  // one.
  const auto then = [generation = ++load_generation](const order_actor& to, result<loaded_order> found) {
    tell_from_outside(to, atom::loaded::value,
                      load_reply{generation, std::make_shared<const result<loaded_order>>(std::move(found))});
  };
  services->reader->load(std::move(what), reader_callback{services->reads_under_way, order_actor{self}, then});
}

void order_actor_state::on_loaded(const result<loaded_order>& found) {
  if (!found && found.error().code == error_code::order_unreadable)
    return say_unfit(false, to_string(found.error()));
  if (found && found->quarantined)
    return say_unfit(true, "quarantined");
  if (!found)
    return refuse_unread(found.error());
  loaded_ = true;
  exists_ = found->exists;
  order_ = found->order;
  newest_seen_ = order_.version;
  document_ = found->document;
  found_ = found->settled;
  stamp_in_hand(trace_stage::loaded);
  decide_in_hand();
}

void order_actor_state::refuse_unread(const error& why) {
  forget_order();
  const error unknown{error_code::outcome_unknown, "the store broke off; the same key later gives the result", {}};
  answer_in_hand(unknown_fates_ > 0 ? unknown : why, true);
}

/// The registry keeps the inputs and ends this actor.
void order_actor_state::say_unfit(bool stored, std::string why) {
  tell(self, registry, atom::unfit::value, unfit_order{id, stored, unknown_fates_ > 0, std::move(why)});
}

void order_actor_state::passivate() {
  if (phase_ != order_phase::idle || !waiting.empty())
    tell(self, registry, atom::busy::value, id);
  else
    self->quit(caf::exit_reason::user_shutdown);
}

void order_actor_state::on_changed(std::int64_t version) {
  newest_seen_ = std::max(newest_seen_, version);
  start_unit();
}

const settled_input* order_actor_state::settled_before(const std::string& key, const decided& unit) const {
  if (const auto it = unit.settled.find(key); it != unit.settled.end())
    return &it->second;
  if (const auto it = found_.find(key); it != found_.end())
    return &it->second;
  const auto it = std::find_if(recent_.begin(), recent_.end(), [&](const auto& entry) { return entry.first == key; });
  return it == recent_.end() ? nullptr : &it->second;
}

void order_actor_state::decide_one(const input_ptr& in, timestamp now, order& current,
                                   std::shared_ptr<const json::object>& document, decided& into) const {
  const auto raw_hash = sha256(*in->raw);
  if (const auto* before = settled_before(in->dedupe_key, into)) {
    if (before->raw_hash != raw_hash) {
      into.answers.emplace_back(in->id, refusal_of(*in, {error_code::idempotency_conflict,
                                                         "this Idempotency-Key was used with another body; use a new key",
                                                         {}}));
    } else {
      if (before->id != in->id) // else it is stored already, and only the answer to that was lost
        into.unit.repeated_keys.push_back(in->dedupe_key);
      into.answers.emplace_back(in->id, before->answer);
    }
    return;
  }
  auto d = decide(current, document.get(), *in, services->rules, now);
  input_record record{.what = in,
                      .policy_version = services->rules.version,
                      .decided_on = current.version,
                      .decided_at = now,
                      .outcome = d.outcome,
                      .dead = d.dead,
                      .answer = d.answer};
  into.settled.emplace(in->dedupe_key, settled_input{in->id, raw_hash, d.answer});
  into.answers.emplace_back(in->id, std::move(d.answer));
  into.unit.inputs.push_back(std::move(record));
  if (d.document) {
    document = std::make_shared<const json::object>(*d.document);
    into.unit.document = std::move(d.document);
  }
  if (!d.events.empty()) {
    current = std::move(d.after);
    into.after = current;
    into.unit.events.insert(into.unit.events.end(), std::make_move_iterator(d.events.begin()),
                            std::make_move_iterator(d.events.end()));
  }
  for (auto& promise : d.promises) {
    into.due_promise |= promise.state == promise_state::open;
    into.unit.promises.push_back(std::move(promise));
  }
}

order_actor_state::decided order_actor_state::decide_all(timestamp now) const {
  decided all;
  all.unit.order = id;
  all.unit.exists = exists_;
  all.unit.decided_on = order_.version;
  auto current = order_;
  current.tiktok_id = id;
  auto document = document_;
  for (const auto& in : in_hand_) {
    decide_one(in, now, current, document, all);
    stamp(in->trace, trace_stage::decided);
  }
  all.unit.after = all.after;
  return all;
}

void order_actor_state::decide_in_hand() {
  if (in_hand_.empty()) { // read again only because another engine had committed
    enter(order_phase::idle);
    start_unit();
    return;
  }
  stamp_in_hand(trace_stage::begun);
  auto all = decide_all(services->time->now());
  document_ = nullptr;
  if (all.unit.inputs.empty() && all.unit.repeated_keys.empty())
    finish(std::move(all.answers)); // only refused keys: nothing is written
  else
    commit(std::move(all));
}

void order_actor_state::commit(decided what) {
  enter(order_phase::committing);
  const auto writer = services->writer->get();
  if (!writer) {
    give_up_commit();
    return;
  }
  auto unit = std::make_shared<const order_unit>(std::move(what.unit));
  auto kept = std::make_shared<decided>(std::move(what));
  ask(self, writer, atom::commit::value, unit_ptr{unit})
      .then(
          [this, kept](const commit_reply& reply) {
            switch (reply.fate) {
            case commit_fate::committed: on_committed(std::move(*kept)); break;
            case commit_fate::conflict: read_again(); break;
            case commit_fate::unknown: settle_by_reading(); break;
            case commit_fate::refused: on_refused(reply.why); break;
            case commit_fate::unavailable: give_up_commit(); break;
            }
          },
          [this](const caf::error&) { settle_by_reading(); });
}

/// What is stored is answered from there, the rest is decided again.
void order_actor_state::read_again() {
  services->measured->redecided.add();
  load();
}

/// Not for ever: a disk can fail every commit and serve every read.
void order_actor_state::settle_by_reading() {
  if (++unknown_fates_ < max_unknown_fates)
    read_again();
  else
    give_up_commit();
}

void order_actor_state::give_up_commit() {
  forget_order();
  if (unknown_fates_ > 0) // an earlier try may still be under way on a lane
    answer_in_hand({error_code::outcome_unknown, "the store broke off; the same key later gives the result", {}});
  else
    answer_in_hand({error_code::storage_unavailable, "the store cannot commit now", {}});
}

void order_actor_state::on_committed(decided what) {
  if (what.after) {
    order_ = std::move(*what.after);
    exists_ = true;
  }
  for (auto& entry : what.settled) {
    services->measured->count(entry.second.answer.outcome);
    if (entry.second.answer.outcome == input_outcome::dead)
      continue; // a re-drive decides it again: the store knows whether it is still settled
    recent_.emplace_back(std::move(entry));
    if (recent_.size() > recent_keys)
      recent_.pop_front();
  }
  if (what.due_promise)
    services->outbox->tell(atom::wake::value);
  finish(std::move(what.answers));
}

void order_actor_state::on_refused(const std::string& why) {
  if (in_hand_.size() > 1) {
    one_at_a_time += in_hand_.size();
    waiting.insert(waiting.begin(), in_hand_.begin(), in_hand_.end());
    in_hand_.clear();
    enter(order_phase::idle);
    start_unit();
    return;
  }
  keep_as_dead_letter(why);
}

void order_actor_state::keep_as_dead_letter(const std::string& why) {
  const auto& in = in_hand_.front();
  log(log_level::error, "input.refused_by_store", "the store refuses an input; it is kept as a dead letter",
      {{"order", id.str()}, {"input", to_string(in->id)}, {"why", why}});
  auto refusal = refusal_of(*in, {error_code::refused_by_store, "the store refuses this input; it is kept as a dead letter", {}});
  refusal.outcome = input_outcome::dead;
  order_unit unit{.order = id,
                  .exists = exists_,
                  .decided_on = order_.version,
                  .after = {},
                  .document = {},
                  .events = {},
                  .promises = {},
                  .inputs = {},
                  .repeated_keys = {}};
  unit.inputs.push_back({.what = in,
                         .policy_version = services->rules.version,
                         .decided_on = order_.version,
                         .decided_at = services->time->now(),
                         .outcome = input_outcome::dead,
                         .dead = dead_letter_cause::refused_by_store,
                         .answer = refusal});
  ask(self, services->writer->get(), atom::commit::value, std::make_shared<const order_unit>(std::move(unit)))
      .then(
          [this, refusal](const commit_reply& reply) {
            if (reply.fate == commit_fate::conflict)
              return read_again();
            if (reply.fate == commit_fate::unknown)
              return settle_by_reading();
            if (reply.fate != commit_fate::committed) // not even by itself: it must come again
              return give_up_commit();
            services->measured->count(input_outcome::dead);
            finish({{in_hand_.front()->id, refusal}});
          },
          [this](const caf::error&) { settle_by_reading(); });
}

void order_actor_state::answer_in_hand(const error& refusal, bool unread) {
  std::vector<std::pair<input_id, answer>> answers;
  for (const auto& in : in_hand_)
    answers.emplace_back(in->id, refusal_of(*in, refusal));
  finish(std::move(answers), unread);
}

void order_actor_state::finish(std::vector<std::pair<input_id, answer>> answers, bool unread) {
  enter(order_phase::idle);
  unknown_fates_ = 0;
  in_hand_.clear();
  hand->inputs.store(0);
  found_.clear();
  const auto version = loaded_ ? std::optional{order_.version} : std::nullopt;
  tell(self, registry, atom::answered::value, answered_inputs{id, std::move(answers), unread, version, order_.state});
  start_unit();
}

void order_actor_state::forget_order() {
  loaded_ = false;
  document_ = nullptr;
  found_.clear();
}

order_actor::behavior_type order_behavior(order_actor::stateful_pointer<order_actor_state> self, tiktok_order_id id,
                                          registry_actor registry, std::shared_ptr<const order_services> services,
                                          order_start with) {
  keep_words_of_faults(self);
  auto& state = self->state;
  state.one_at_a_time = with.one_at_a_time;
  state.hand = std::move(with.hand);
  state.id = std::move(id);
  state.registry = std::move(registry);
  state.services = std::move(services);
  return handlers<order_actor>(
      [self](atom::post, const input_ptr& in) {
        self->state.waiting.push_back(in);
        self->state.start_unit();
      },
      [self](atom::loaded, const load_reply& reply) {
        if (reply.generation == self->state.load_generation)
          self->state.on_loaded(*reply.what);
      },
      [self](atom::changed, std::int64_t version) { self->state.on_changed(version); },
      [self](atom::passivate) { self->state.passivate(); });
}

} // namespace orderly
