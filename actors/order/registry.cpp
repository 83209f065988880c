#include "actors/order/registry.hpp"

#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace orderly {
namespace {

/// Of an input that came twice while it is in hand once.
class both_slots final : public answer_slot {
public:
  both_slots(std::shared_ptr<answer_slot> first, std::shared_ptr<answer_slot> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  void complete(answer a) override {
    first_->complete(a);
    second_->complete(std::move(a));
  }

private:
  std::shared_ptr<answer_slot> first_, second_;
};

/// Ends that somebody ordered; every other one is a death.
bool was_ordered(const caf::error& reason) { return !reason || reason == caf::exit_reason::user_shutdown; }

} // namespace

static_assert(actor_state<registry_state, registry_actor::pointer>);

registry_metrics::registry_metrics(metrics& m)
    : residents(m.gauge("orderly_registry_residents", "Order actors alive")),
      inputs_in_hand(m.gauge("orderly_registry_inputs_in_hand", "Inputs that wait for their answer")),
      waiting(m.gauge("orderly_registry_waiting_orders", "Orders that wait for a resident's place")),
      parked_now(m.gauge("orderly_registry_parked_inputs", "Inputs in memory that were answered before they are decided")),
      turning_away(
          m.gauge("orderly_registry_turned_away_orders", "Orders whose inputs this engine turns away: quarantined ones")),
      restarts(m.counter("orderly_registry_restarts_total", "Order actors that died")),
      passivations(m.counter("orderly_registry_passivations_total", "Order actors that left memory because they were idle")),
      refused(m.counter("orderly_registry_refused_total", "Inputs refused because no place was free and too many waited")),
      parked(m.counter("orderly_registry_parked_total", "Webhooks answered before they were decided (the slow lane)")),
      input_age(m.histogram("orderly_registry_input_seconds", "From the arrival of an input to its answer",
                            {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60})),
      killed_twice(m.counter("orderly_registry_killed_twice_total", "Inputs that were in hand at two deaths")) {}

registry_state::registry_state(registry_actor::pointer p) : self(p) {}

/// However a shard ends, its orders end with it: what they decide could be told to nobody, and the next shard activates them
/// anew. The slots of what is unanswered tell their senders so.
registry_state::~registry_state() {
  if (!measured)
    return; // before its behaviour
  std::size_t unanswered = 0;
  for (const auto& [id, e] : orders_) {
    unanswered += e.unanswered.size();
    if (e.now == standing::quarantined)
      measured->turning_away.add(-1);
  }
  measured->inputs_in_hand.add(-static_cast<double>(unanswered));
  measured->parked_now.add(-static_cast<double>(parked_));
  measured->waiting.add(-static_cast<double>(waiting_.size()));
  measured->residents.add(-static_cast<double>(residents_));
  for (const auto& resident : by_address_)
    caf::anon_send_exit(resident.first, caf::exit_reason::user_shutdown);
}

order_entry& registry_state::entry_of(const tiktok_order_id& id) {
  auto& e = orders_[id];
  e.id = id;
  return e;
}

void registry_state::post(const routed_input& in) {
  stamp(in.what->trace, trace_stage::posted);
  auto& e = entry_of(in.what->order);
  // The sweeper and the redriver bring what is stored as `pending`; some of it may still be here.
  if (in.stored)
    for (auto& kept : e.unanswered)
      if (kept.routed.what->id == in.what->id) {
        auto& slot = kept.routed.slot;
        slot = slot ? std::make_shared<both_slots>(slot, in.slot) : in.slot;
        return;
      }
  e.unanswered.push_back({in, posted_at(*in.what)});
  if (in.stored)
    count_parked(e.unanswered.back(), kept_input::reply_path::pending);
  measured->inputs_in_hand.add(1);
  file(e);
  switch (e.now) {
  case standing::passive: return find_place(e);
  case standing::resident: return route(e);
  case standing::quarantined: return turn_away(e);
  case standing::waiting:
  case standing::leaving: return;
  }
}

/// When it came to the door: it may have waited in this actor's mailbox. By the other clock, which may have been set.
actor_time registry_state::posted_at(const input& in) const {
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(services->time->now() - in.received_at);
  return self->clock().now() - std::clamp(waited, std::chrono::milliseconds{0}, options.park_after);
}

void registry_state::find_place(order_entry& e) {
  if (residents_ < options.max_residents && waiting_.empty())
    return activate(e);
  if (waiting_.size() >= options.max_waiting) {
    measured->refused.add(static_cast<double>(e.unanswered.size()));
    return refuse_all(e, {error_code::overloaded, "every place for an order in memory is taken; engine.max_resident_orders", {}});
  }
  e.now = standing::waiting;
  waiting_.push_back(e.id);
  measured->waiting.add(1);
  make_room();
}

void registry_state::activate(order_entry& e, std::size_t one_at_a_time) {
  e.now = standing::resident;
  e.routed = 0;
  e.hand->inputs.store(0);
  e.hand->phase.store(order_phase::idle);
  e.handle =
      self->spawn<caf::monitored>(order_behavior, e.id, registry_actor{self}, services, order_start{e.hand, one_at_a_time});
  by_address_.emplace(e.handle.address(), e.id);
  ++residents_;
  measured->residents.add(1);
  file(e);
  route(e);
}

void registry_state::route(order_entry& e) {
  for (; e.routed < e.unanswered.size(); ++e.routed)
    tell(self, e.handle, atom::post::value, e.unanswered[e.routed].routed.what);
}

void registry_state::answered(const answered_inputs& done) {
  const auto found = orders_.find(done.order);
  if (found == orders_.end())
    return;
  auto& e = found->second;
  const auto now = self->clock().now();
  for (const auto& [id, answer] : done.answers) {
    const auto at =
        std::find_if(e.unanswered.begin(), e.unanswered.end(), [&](const kept_input& k) { return k.routed.what->id == id; });
    if (at == e.unanswered.end())
      continue; // answered by an earlier incarnation that died before it could say so twice
    if (done.unread)
      store_unread(*at, answer);
    else
      complete(*at, answer);
    let_go(e, at);
    ++e.counts.handled;
    ++handled_;
    e.counts.rate.count(now);
    rate_.count(now);
  }
  if (done.version) {
    e.counts.version = *done.version;
    e.counts.state = done.state;
  }
  file(e);
  make_room();
}

void registry_state::changed(const std::vector<changed_order>& orders) {
  for (const auto& each : orders)
    if (const auto found = orders_.find(each.order); found != orders_.end()) {
      auto& e = found->second;
      if (each.version > e.counts.version)
        e.counts.version = -1;
      if (e.now == standing::resident)
        tell(self, e.handle, atom::changed::value, each.version);
    }
}

void registry_state::passivate(order_entry& e) {
  e.now = standing::leaving;
  ++leaving_;
  file(e);
  tell(self, e.handle, atom::passivate::value);
}

void registry_state::busy(const tiktok_order_id& order) {
  const auto found = orders_.find(order);
  if (found == orders_.end() || found->second.now != standing::leaving)
    return;
  auto& e = found->second;
  e.now = standing::resident;
  --leaving_;
  e.ask_after = self->clock().now() + options.tick;
  file(e);
  route(e);
  make_room();
}

/// One idle resident is asked to leave for each order that waits and has nobody leaving for it yet; who has just said that it is
/// busy is left alone for a moment.
void registry_state::make_room() {
  const auto now = self->clock().now();
  for (auto at = idle_.begin(); leaving_ < waiting_.size() && at != idle_.end();) {
    auto& e = **at++;
    if (now >= e.ask_after)
      passivate(e);
  }
}

void registry_state::admit_waiting() {
  while (!waiting_.empty() && residents_ < options.max_residents) {
    auto& e = orders_.at(waiting_.front());
    waiting_.pop_front();
    measured->waiting.add(-1);
    activate(e);
  }
  make_room();
}

void registry_state::on_down(const caf::down_msg& msg) {
  const auto address = by_address_.find(msg.source);
  if (address == by_address_.end())
    return; // also after demonitoring, CAF may deliver what was under way
  auto& e = orders_.at(address->second);
  by_address_.erase(address);
  if (e.now != standing::quarantined) // then what it had in hand has been told, or waits in the store
    doubt_in_hand(e);
  e.handle = nullptr;
  e.routed = 0;
  --residents_;
  measured->residents.add(-1);
  if (e.now == standing::leaving) {
    --leaving_;
    measured->passivations.add();
  }
  if (e.now == standing::quarantined) {
    turn_away(e);
  } else if (was_ordered(msg.reason)) {
    left(e);
  } else {
    log(log_level::error, "order.restarted", "the actor of an order died",
        {{"order", e.id.str()},
         {"unanswered", e.unanswered.size()},
         {"in_hand", e.hand->inputs.load()},
         {"why", words_of(msg.reason)}});
    measured->restarts.add();
    ++restarts_;
    if (e.counts.restarts != std::numeric_limits<std::uint16_t>::max())
      ++e.counts.restarts;
    died(e);
  }
  admit_waiting();
}

void registry_state::left(order_entry& e) {
  e.now = standing::passive;
  file(e); // it may have been idle: a restart ends an actor without asking it
  if (e.unanswered.empty())
    return forget_if_done(e);
  activate(e); // in the place that it has just left
}

void registry_state::doubt_in_hand(order_entry& e) {
  const auto count = std::min(e.hand->inputs.load(), e.unanswered.size());
  for (std::size_t i = 0; i < count; ++i)
    e.unanswered[i].in_doubt = true;
}

/// Who asks must not believe that nothing was written because a successor of the actor could write nothing.
void registry_state::complete(const kept_input& which, answer a) {
  if (!which.routed.slot)
    return;
  if (which.in_doubt && a.refusal && input_fate_of(a.refusal->code) == input_fate::untried)
    a.refusal = error{error_code::outcome_unknown, "an earlier try may be stored; the same key later gives the result", {}};
  which.routed.slot->complete(std::move(a));
}

void registry_state::refuse_all(order_entry& e, const error& why) {
  answer a;
  a.outcome = input_outcome::ignored;
  a.refusal = why;
  while (!e.unanswered.empty()) {
    complete(e.unanswered.front(), a);
    let_go(e, e.unanswered.begin());
  }
  file(e);
  forget_if_done(e);
}

/// Keeps the lists of busy and of idle orders true. Call it after any change of `unanswered` or of the standing.
void registry_state::file(order_entry& e) {
  order_entry::list* const wanted = !e.unanswered.empty() ? &busy_ : e.now == standing::resident ? &idle_ : nullptr;
  if (wanted == e.filed_in)
    return;
  if (e.filed_in)
    e.filed_in->erase(e.place);
  e.filed_in = wanted;
  if (wanted)
    e.place = wanted->insert(wanted->end(), &e);
  if (wanted == &idle_)
    e.idle_since = self->clock().now();
}

void registry_state::let_go(order_entry& e, place_of_input which) {
  measured->inputs_in_hand.add(-1);
  if (!which->routed.stored) // else its sender was answered long ago
    measured->input_age.observe(std::chrono::duration<double>(self->clock().now() - which->posted).count());
  if (which->path != kept_input::reply_path::after_commit)
    count_parked(*which, kept_input::reply_path::after_commit);
  if (static_cast<std::size_t>(which - e.unanswered.begin()) < e.routed)
    --e.routed;
  e.unanswered.erase(which);
}

void registry_state::forget_if_done(order_entry& e) {
  if (e.now == standing::passive && e.unanswered.empty() && e.deaths.empty())
    orders_.erase(tiktok_order_id{e.id});
}

void registry_state::tick() {
  const auto now = self->clock().now();
  while (!idle_.empty() && now - idle_.front()->idle_since >= options.idle_after)
    passivate(*idle_.front());
  for (auto at = busy_.begin(); at != busy_.end();) {
    auto& e = **at++;
    park_late(e, now);
  }
  age_deaths(now);
  make_room();
}

registry_actor::behavior_type registry(registry_actor::stateful_pointer<registry_state> self,
                                       std::shared_ptr<const order_services> services, registry_options options,
                                       std::shared_ptr<registry_metrics> measured) {
  keep_words_of_faults(self);
  auto& state = self->state;
  state.services = std::move(services);
  state.options = options;
  state.measured = std::move(measured);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.on_down(msg); });
  remind(self, options.tick, atom::tick::value);
  return handlers<registry_actor>(
      [self](atom::post, const routed_input& in) { self->state.post(in); },
      [self](atom::answered, const answered_inputs& done) { self->state.answered(done); },
      [self](atom::changed, const std::vector<changed_order>& orders) { self->state.changed(orders); },
      [self](atom::busy, const tiktok_order_id& order) { self->state.busy(order); },
      [self](atom::unfit, const unfit_order& what) { self->state.unfit(what); },
      [self](atom::restart, const tiktok_order_id& order) { return self->state.restart(order); },
      [self](atom::lift, const tiktok_order_id& order) { self->state.lift(order); },
      [self](atom::look, const shard_request& what) { return self->state.look(what); },
      [self](atom::walk) { self->state.walk(); },
      [self](atom::tick) {
        self->state.tick();
        remind(self, self->state.options.tick, atom::tick::value);
      });
}

} // namespace orderly
