#include "actors/store/change_watcher.hpp"

#include "actors/plumbing/faults.hpp"
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/spawn.hpp"
#include "base/log.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace orderly {
namespace {

constexpr auto patience = std::chrono::milliseconds{500}; // also how long a stop may take
constexpr auto pause_after_error = std::chrono::seconds{1};

} // namespace

static_assert(actor_state<watcher_state, watcher_actor::pointer>);

watcher_state::watcher_state(watcher_actor::pointer p) : self(p) {}

std::size_t shard_of(const tiktok_order_id& order, std::size_t shards) { return std::hash<tiktok_order_id>{}(order) % shards; }

result<std::vector<changed_order>> watcher_state::next_changes() {
  if (!feed) {
    auto opened = open();
    if (!opened)
      return opened.error();
    feed = std::move(*opened);
  }
  return feed->wait(patience);
}

void watcher_state::look() {
  const auto found = next_changes();
  if (!found) {
    // What it misses costs a conflict and a second decision, never a wrong one.
    log(log_level::warn, "storage.changes_unreadable", "commits of other engines cannot be read now",
        {{"why", to_string(found.error())}});
    remind(self, pause_after_error, atom::tick::value);
    return;
  }
  std::vector<std::vector<changed_order>> by_shard(shards.size());
  for (const auto& each : *found)
    by_shard[shard_of(each.order, shards.size())].push_back(each);
  for (std::size_t i = 0; i < shards.size(); ++i)
    if (!by_shard[i].empty())
      shards[i]->tell(atom::changed::value, std::move(by_shard[i]));
  tell_self(self, atom::tick::value);
}

watcher_actor::behavior_type change_watcher(watcher_actor::stateful_pointer<watcher_state> self, feed_source open,
                                            std::vector<ref_of<registry_actor>> shards) {
  keep_words_of_faults(self);
  self->state.open = std::move(open);
  self->state.shards = std::move(shards);
  tell_self(self, atom::tick::value);
  return handlers<watcher_actor>([self](atom::tick) { self->state.look(); });
}

} // namespace orderly
