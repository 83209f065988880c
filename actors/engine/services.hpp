#pragma once
// What an actor may use of the rest of the engine and of its surroundings.

#include "actors/engine/protocol.hpp"
#include "actors/plumbing/actor_ref.hpp"
#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/ports/reads.hpp"

#include <atomic>
#include <memory>

namespace orderly {

/// The same for every part; what a kind of actor needs beside it is added in its own services, which begin with these.
struct engine_services {
  reads* reader = nullptr;
  order_port* orders = nullptr; ///< where inputs go
  const clock* time = nullptr;
  id_source* ids = nullptr;
  ref_of<writer_actor> writer; ///< see ask_store.hpp
  ref_of<outbox_actor> outbox;
  ref_of<sweeper_actor> sweeper;
  std::shared_ptr<std::atomic<int>> reads_under_way; ///< callbacks that may still come from reader threads (reader_callback)
};

} // namespace orderly
