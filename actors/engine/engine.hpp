#pragma once
// The engine as app/ and tests see it: no CAF in this header. Owns the one actor system and, through its root supervisor, every
// actor. It is started, stopped and destroyed on one thread, which CAF's end does not wait for.

#include "actors/plumbing/restart_budget.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/uuid.hpp"
#include "domain/order/policy.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/ports/reads.hpp"
#include "domain/ports/shop_directory.hpp"
#include "domain/ports/tiktok_port.hpp"
#include "storage/store.hpp"
#include "storage/store_task.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace orderly {

struct engine_options {
  std::size_t workers = 2; ///< CAF scheduler threads = registry shards
  std::size_t lanes = 1;   ///< of the storage writer; capped by the store
  policy rules;
  std::string engine_name; ///< owner of outbox leases
  std::chrono::milliseconds outbox_scan{1000};
  std::chrono::seconds lease{30};
  std::size_t max_residents = 50'000; ///< order actors at a time, over all shards
  std::size_t max_waiting = 2'000;    ///< orders that wait for a resident's place, over all shards
  std::size_t max_parked = 4'000;     ///< inputs in memory that were answered `pending`, over all shards
  std::chrono::milliseconds order_idle{std::chrono::minutes{5}}; ///< then an order leaves memory
  std::size_t calls_in_flight = 200;                             ///< rows of the outbox under way at once
  restart_limit restarts; ///< of parts of the engine; one death more is a failure of the engine
  /// Once, when the engine cannot mend itself any more: it is to be ended. On a thread of the engine: must not wait for it.
  std::function<void(const std::string& why)> on_failure;
};

/// All references must outlive the engine.
struct engine_parts {
  orderly::store& store;
  reads& reader;
  tiktok_port& tiktok;
  const shop_directory& shops;
  const clock& time;
  id_source& ids;
  metrics& measured;
};

class engine {
public:
  virtual ~engine() = default; ///< stops without a grace, unless that has been done
  /// What was accepted is finished within `grace`, or answered; then every actor ends. What comes afterwards is answered
  /// shutting_down, so the ports may be in use until the engine is destroyed.
  virtual void stop(std::chrono::milliseconds grace) = 0;
  [[nodiscard]] virtual order_port& port() = 0;
  [[nodiscard]] virtual actor_port& actors() = 0;
  [[nodiscard]] virtual task_port& writes() = 0;
  /// Thread-safe. False while commits fail, after a failure, and from the stop on: /readyz answers 503.
  [[nodiscard]] virtual bool healthy() const = 0;
};

/// Errors: those of the store; internal, when a part cannot be started. Nothing is left running then.
result<std::unique_ptr<engine>> start_engine(const engine_options& options, const engine_parts& parts);

} // namespace orderly
