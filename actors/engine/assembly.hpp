#pragma once
// What the engine consists of: how each part is made and how the others find it. The product and the deterministic tests assemble
// the same.

#include "actors/engine/engine.hpp"
#include "actors/engine/gateway.hpp"
#include "actors/engine/supervisor.hpp"
#include "actors/order/order_actor.hpp"
#include "actors/store/change_watcher.hpp"
#include "actors/store/lane.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace orderly {

struct call_services;

/// Where parts that block run: on threads of their own, or, in a test, on its scheduler.
enum class blocking { detached, scheduled };

/// The lanes of the storage writer on that store.
struct lane_count {
  std::size_t of_orders = 1;
  bool one_for_tasks = false; ///< one more, where lanes do not exclude each other
};
lane_count lanes_of(const engine_options& options, const store& on);

/// Outlives the actor system's actors, and the system outlives the handles in its references: close() comes in between.
class assembly {
public:
  /// @param feed may be null; its first reader gets it, a later one opens its own
  /// @param writers of the first lanes; those beyond them open their own
  assembly(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed, blocking where,
           std::vector<std::unique_ptr<store_writer>> writers = {});

  /// Starts the parts and opens the gateway.
  supervisor_actor start(caf::actor_system& in, std::function<void(const std::string& why)> on_failure);
  void close();

  const ref_of<supervisor_actor> supervisor = std::make_shared<actor_ref<supervisor_actor>>();
  const ref_of<writer_actor> writer = std::make_shared<actor_ref<writer_actor>>();
  const ref_of<sweeper_actor> sweepers = std::make_shared<actor_ref<sweeper_actor>>();
  const ref_of<outbox_actor> outbox = std::make_shared<actor_ref<outbox_actor>>();
  std::vector<ref_of<registry_actor>> shards;
  const std::shared_ptr<std::atomic<bool>> committing = std::make_shared<std::atomic<bool>>(true); ///< false while commits fail
  const std::shared_ptr<std::atomic<int>> loads_under_way = std::make_shared<std::atomic<int>>(0);
  gateway orders; // below what it uses

private:
  part storage();
  part registry_shard(const ref_of<registry_actor>& ref, const std::shared_ptr<const order_services>& services);
  part watcher();
  part calls();
  part sweeping();
  std::shared_ptr<const order_services> services_of_orders();
  std::shared_ptr<const call_services> services_of_calls();

  engine_options options_;
  engine_parts parts_;
  feed_source feeds_;
  blocking where_;
  std::shared_ptr<opened_writers> writers_;
};

} // namespace orderly
