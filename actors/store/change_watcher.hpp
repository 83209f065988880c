#pragma once
// Brings the commits of other engines on the same database to the orders that live here. Detached: it waits on the database.

#include "actors/engine/protocol.hpp"
#include "actors/plumbing/actor_ref.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace orderly {

/// Makes the feed of one watcher.
using feed_source = std::function<result<std::unique_ptr<change_feed>>()>;

struct watcher_state {
  explicit watcher_state(watcher_actor::pointer self);

  void look();

  feed_source open;
  watcher_actor::pointer self;
  std::unique_ptr<change_feed> feed;
  std::vector<ref_of<registry_actor>> shards;
  static constexpr const char* name = kind_name<watcher_actor>;

private:
  result<std::vector<changed_order>> next_changes();
};

watcher_actor::behavior_type change_watcher(watcher_actor::stateful_pointer<watcher_state> self, feed_source open,
                                            std::vector<ref_of<registry_actor>> shards);

/// Which shard an order belongs to.
std::size_t shard_of(const tiktok_order_id& order, std::size_t shards);

} // namespace orderly
