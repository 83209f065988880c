#pragma once
// What the engine consists of: how each part is made and how the others find it. The product and the deterministic tests assemble
// the same.

#include "actors/engine/engine.hpp"
#include "actors/engine/gateway.hpp"
#include "actors/engine/services.hpp"
#include "actors/engine/supervisor.hpp"
#include "actors/store/change_watcher.hpp"
#include "actors/store/lane.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderly {

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
  /// @param opened for the first lanes; those beyond them open their own
  assembly(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed, blocking where,
           std::vector<std::unique_ptr<store_writer>> opened = {});

  /// Starts the parts and opens the gateway.
  supervisor_actor start(caf::actor_system& in, std::function<void(const std::string& why)> on_failure);
  void close();

  const engine_options options;
  const engine_parts parts;
  const feed_source feeds; ///< null: no other engine writes to this store
  const blocking where;
  const std::shared_ptr<opened_writers> writers; ///< for the first lanes

  const ref_of<supervisor_actor> supervisor = std::make_shared<actor_ref<supervisor_actor>>();
  std::vector<ref_of<registry_actor>> shards;
  const std::shared_ptr<std::atomic<bool>> committing = std::make_shared<std::atomic<bool>>(true); ///< false while commits fail
  const std::shared_ptr<std::atomic<int>> reads_under_way = std::make_shared<std::atomic<int>>(0);
  gateway orders; // below what it uses
  const engine_services services;

private:
  std::vector<std::function<void()>> to_close_; ///< the references of the parts
};

} // namespace orderly
