// The slow lane of the answer (DESIGN 3): TikTok waits three seconds. A webhook that is not decided after two is stored by itself
// as `pending` and answered 200; what decides it later finds that row and settles it. If nobody here does, the sweeper brings it
// back.

#include "actors/order/registry.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace orderly {

void registry_state::park_late(order_entry& e, actor_time now) {
  for (auto& kept : e.unanswered)
    if (kept.routed.what->source == input_source::webhook && now - kept.posted >= options.park_after)
      park(e, kept);
}

void registry_state::park(order_entry& e, kept_input& which) {
  if (which.path != kept_input::reply_path::after_commit || which.cannot_be_parked || parked_ >= options.max_parked)
    return; // nobody promises 200 beyond the limit: the webhook's deadline answers 503
  count_parked(which, kept_input::reply_path::storing_pending);
  const auto done = [this, order = e.id, id = which.routed.what->id](commit_fate fate) { parked(order, id, fate); };
  ask(self, services->writer->get(), atom::record::value, as_pending(which.routed.what))
      .then([done](const commit_reply& r) { done(r.fate); }, [done](const caf::error&) { done(commit_fate::unknown); });
}

void registry_state::parked(const tiktok_order_id& order, const input_id& id, commit_fate fate) {
  const auto found = orders_.find(order);
  if (found == orders_.end())
    return;
  auto& e = found->second;
  const auto at =
      std::find_if(e.unanswered.begin(), e.unanswered.end(), [&](const kept_input& k) { return k.routed.what->id == id; });
  if (at == e.unanswered.end())
    return;                             // decided meanwhile
  if (fate != commit_fate::committed) { // the next tick asks again, unless the store cannot hold it
    count_parked(*at, kept_input::reply_path::after_commit);
    at->cannot_be_parked = fate == commit_fate::refused;
    if (at->cannot_be_parked && e.now == standing::quarantined)
      turn_away(e);
    return;
  }
  measured->parked.add();
  if (const auto slot = std::exchange(at->routed.slot, nullptr))
    slot->complete(kept_as_pending());
  count_parked(*at, kept_input::reply_path::pending);
  if (e.now == standing::quarantined) { // it waits in the store; the sweeper brings it when the order is served again
    let_go(e, at);
    file(e);
  }
}

/// A store that cannot be read may still commit. So a webhook is kept for the sweeper and need not come again; whoever else asks
/// is told. It leaves the registry meanwhile.
void registry_state::store_unread(const kept_input& which, const answer& otherwise) {
  const auto& [what, slot, stored] = which.routed;
  if (what->source != input_source::webhook || stored || !slot)
    return complete(which, otherwise);
  const auto done = [this, which, otherwise](commit_fate fate) {
    if (fate != commit_fate::committed)
      return complete(which, otherwise);
    measured->parked.add();
    which.routed.slot->complete(kept_as_pending());
  };
  ask(self, services->writer->get(), atom::record::value, as_pending(what))
      .then([done](const commit_reply& r) { done(r.fate); }, [done](const caf::error&) { done(commit_fate::unknown); });
}

void registry_state::count_parked(kept_input& which, kept_input::reply_path path) {
  const int change = (path != kept_input::reply_path::after_commit) - (which.path != kept_input::reply_path::after_commit);
  which.path = path;
  parked_ += static_cast<std::size_t>(change); // wraps around for -1
  measured->parked_now.add(change);
}

} // namespace orderly
