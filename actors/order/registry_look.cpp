// What a shard shows of its orders. It walks them in turns, so that no input waits for whoever looks.

#include "actors/order/registry.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t orders_a_turn = 500; // some 0.1 ms

double milliseconds(actor_time::duration span) { return std::chrono::duration<double, std::milli>(span).count(); }

actor_phase phase_of(const order_entry& e, std::size_t in_hand) {
  switch (e.now) {
  case standing::quarantined: return actor_phase::quarantined;
  case standing::leaving: return actor_phase::leaving;
  case standing::waiting: return actor_phase::waiting;
  case standing::passive:
  case standing::resident: break;
  }
  const auto at = e.hand->phase.load();
  if (in_hand == 0 && !e.unanswered.empty())
    return actor_phase::queued;
  return at == order_phase::loading      ? actor_phase::loading
         : at == order_phase::committing ? actor_phase::committing
                                         : actor_phase::idle;
}

/// Without its id.
actor_view view_of(const order_entry& e, actor_time now) {
  actor_view seen;
  seen.kind = order_kind;
  const auto in_hand = e.handle ? std::min(e.hand->inputs.load(), e.unanswered.size()) : 0;
  seen.in_hand = in_hand;
  seen.mailbox = e.unanswered.size() - in_hand;
  if (in_hand < e.unanswered.size())
    seen.oldest_ms = milliseconds(now - e.unanswered[in_hand].posted);
  seen.phase = phase_of(e, in_hand);
  if (e.counts.version >= 0) {
    seen.version = e.counts.version;
    seen.state = e.counts.state;
  }
  seen.handled = e.counts.handled;
  seen.handled_per_s = e.counts.rate.per_second(now);
  seen.restarts = e.counts.restarts;
  return seen;
}

bool is_alive(const order_entry& e) { return e.now != standing::passive || !e.unanswered.empty(); }

} // namespace

caf::result<shard_seen_ptr> registry_state::look(const shard_request& what) {
  auto promised = self->make_response_promise<shard_seen_ptr>();
  walks_.push_back({order_choice{what}, {promised, nullptr}, {}, 0, orders_.bucket_count()});
  if (walks_.size() == 1)
    walk();
  return promised;
}

/// Of one walk at a time. An order keeps its bucket until there are more buckets: then the walk begins again, which happens a few
/// times in the life of a shard.
void registry_state::walk() {
  if (walks_.empty())
    return;
  auto& w = walks_.front();
  if (w.buckets != orders_.bucket_count()) {
    w.choice.restart();
    w.seen = {};
    w.next = 0;
    w.buckets = orders_.bucket_count();
  }
  const auto now = self->clock().now();
  for (std::size_t met = 0; w.next < w.buckets && met < orders_a_turn; ++w.next, ++met)
    for (auto at = orders_.begin(w.next); at != orders_.end(w.next); ++at, ++met)
      show(at->second, now, w);
  if (w.next == w.buckets)
    finish_walk(now);
  if (!walks_.empty())
    tell_self(self, atom::walk::value);
}

void registry_state::show(const order_entry& e, actor_time now, order_walk& into) const {
  if (!is_alive(e))
    return;
  auto seen = view_of(e, now);
  auto& all = into.seen;
  ++all.live;
  all.mailbox += *seen.mailbox;
  all.in_hand += *seen.in_hand;
  if (seen.oldest_ms)
    all.oldest_ms = std::max(all.oldest_ms.value_or(0), *seen.oldest_ms);
  if (!into.choice.matches(e.id.str()))
    return;
  ++all.matched;
  into.choice.take(std::move(seen), e.id.str());
}

void registry_state::finish_walk(actor_time now) {
  auto done = std::move(walks_.front());
  walks_.pop_front();
  auto seen = std::make_shared<shard_seen>(std::move(done.seen));
  seen->orders = done.choice.finish();
  seen->residents = residents_;
  seen->waiting = waiting_.size();
  seen->parked = parked_;
  seen->handled = handled_;
  seen->handled_per_s = rate_.per_second(now);
  seen->restarts = restarts_;
  done.asker.deliver(std::move(seen));
}

} // namespace orderly
