#pragma once
// How an actor has something written, read under the writer's lock, or leased: a function of the open connection goes to the
// storage writer as a store_task, and what it returned comes back to a function in the actor.

#include "actors/engine/protocol.hpp"

#include <caf/duration.hpp>

#include <memory>
#include <utility>

namespace orderly {

/// @param work a function of store_writer& that returns a result, run on a lane's thread: it must own what it uses
/// @param done takes that result, or why nobody has it, in the asking actor. Not called when that has ended.
/// @param behind see store_task
template <class Self, class Work, class Done>
void ask_store(Self* self, const writer_actor& writer, Work work, Done done, tiktok_order_id behind = {}) {
  const auto task = make_task(std::move(work), std::move(behind));
  using outcome = typename task_of<Work>::outcome;
  // Without a time limit: the writer answers in any case (protocol.hpp).
  ask(self, writer, atom::run::value, task_ptr{task})
      .then([task, done](const task_reply& reply) { done(reply.ran ? task->take() : outcome{*reply.failure}); },
            [done](const caf::error&) {
              done(outcome{error{error_code::storage_outcome_unknown, "the storage writer ended", {}}});
            });
}

} // namespace orderly
