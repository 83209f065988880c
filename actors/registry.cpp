#include "actors/registry.hpp"

#include "actors/faults.hpp"
#include "actors/spawn.hpp"
#include "base/log.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace orderly {

static_assert(actor_state<registry_state, registry_actor::pointer>);

registry_metrics::registry_metrics(metrics& m)
    : residents(m.gauge("orderly_registry_residents", "Order actors alive")),
      inputs_in_hand(m.gauge("orderly_registry_inputs_in_hand", "Inputs that wait for their answer")),
      restarts(m.counter("orderly_registry_restarts_total", "Order actors that died and were started again")) {}

registry_state::registry_state(registry_actor::pointer p) : self(p) {}

/// However a shard ends, its orders end with it: what they decide could be told to nobody, and the next shard activates them
/// anew. The slots of what is unanswered tell their senders so.
registry_state::~registry_state() {
  if (!measured)
    return; // before its behaviour
  std::size_t unanswered = 0;
  for (const auto& [id, e] : orders_)
    unanswered += e.unanswered.size();
  measured->inputs_in_hand.add(-static_cast<double>(unanswered));
  measured->residents.add(-static_cast<double>(by_address_.size()));
  for (const auto& resident : by_address_)
    caf::anon_send_exit(resident.first, caf::exit_reason::user_shutdown);
}

void registry_state::activate(const tiktok_order_id& id, entry& e) {
  e.handle = self->spawn<caf::monitored>(order_behavior, id, registry_actor{self}, services, e.unanswered.size());
  by_address_.emplace(e.handle.address(), id);
  measured->residents.add(1);
}

void registry_state::post(const routed_input& in) {
  auto& e = orders_[in.what->order];
  if (!e.handle)
    activate(in.what->order, e);
  e.unanswered.push_back({in, 0});
  measured->inputs_in_hand.add(1);
  self->send(e.handle, atom::post::value, in.what);
}

void registry_state::answered(const answered_inputs& done) {
  const auto found = orders_.find(done.order);
  if (found == orders_.end())
    return;
  auto& kept = found->second.unanswered;
  for (const auto& [id, answer] : done.answers) {
    const auto at = std::find_if(kept.begin(), kept.end(), [&](const kept_input& k) { return k.routed.what->id == id; });
    if (at == kept.end())
      continue; // answered by an earlier incarnation that died before it could say so twice
    at->routed.slot->complete(answer);
    kept.erase(at);
    measured->inputs_in_hand.add(-1);
  }
}

void registry_state::changed(const std::vector<changed_order>& orders) {
  for (const auto& each : orders)
    if (const auto found = orders_.find(each.order); found != orders_.end() && found->second.handle)
      self->send(found->second.handle, atom::changed::value, each.version);
}

void registry_state::on_down(const caf::down_msg& msg) {
  const auto address = by_address_.find(msg.source);
  if (address == by_address_.end())
    return; // also after demonitoring, CAF may deliver what was under way
  const auto id = address->second;
  by_address_.erase(address);
  measured->residents.add(-1);
  auto& e = orders_[id];
  e.handle = nullptr;
  if (e.unanswered.empty()) {
    orders_.erase(id);
    return;
  }
  log(log_level::error, "order.restarted", "the actor of an order died and is started again",
      {{"order", id.str()}, {"unanswered", e.unanswered.size()}});
  measured->restarts.add();
  for (auto& kept : e.unanswered)
    ++kept.deaths;
  give_up(e);
  if (e.unanswered.empty()) {
    orders_.erase(id);
    return;
  }
  activate(id, e);
  for (const auto& kept : e.unanswered)
    self->send(e.handle, atom::post::value, kept.routed.what);
}

void registry_state::give_up(entry& e) {
  // The first in line was in hand. Twice is enough: its sender is told that nothing is stored, and what stood behind it goes on.
  if (e.unanswered.front().deaths < 2)
    return;
  auto kept = std::move(e.unanswered.front());
  e.unanswered.pop_front();
  measured->inputs_in_hand.add(-1);
  answer a;
  a.outcome = input_outcome::ignored;
  a.refusal = error{error_code::internal, "this input ended the order's actor twice; nothing of it is stored", {}};
  kept.routed.slot->complete(a);
}

registry_actor::behavior_type registry(registry_actor::stateful_pointer<registry_state> self,
                                       std::shared_ptr<const order_services> services,
                                       std::shared_ptr<registry_metrics> measured) {
  keep_words_of_faults(self);
  self->state.services = std::move(services);
  self->state.measured = std::move(measured);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.on_down(msg); });
  return {
      [self](atom::post, const routed_input& in) { self->state.post(in); },
      [self](atom::answered, const answered_inputs& done) { self->state.answered(done); },
      [self](atom::changed, const std::vector<changed_order>& orders) { self->state.changed(orders); },
  };
}

} // namespace orderly
