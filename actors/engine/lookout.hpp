#pragma once
// Looks at the engine for somebody outside: asks each part that says something of itself, by message and within a moment, and
// gives what came. Wakes nobody and waits for no mailbox.

#include "actors/engine/protocol.hpp"
#include "actors/plumbing/actor_ref.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <vector>

namespace orderly {

struct look_sources {
  ref_of<supervisor_actor> supervisor;
  ref_of<writer_actor> writer;
  std::vector<ref_of<registry_actor>> shards;
};

/// What came; null where nothing did.
struct engine_seen {
  parts_seen_ptr parts;
  lanes_seen_ptr lanes;
  std::vector<shard_seen_ptr> shards; ///< one each
};

/// One a look. Calls back once, also if the engine ends meanwhile.
caf::behavior look_around(caf::event_based_actor* self, const look_sources& from, const shard_request& orders,
                          std::function<void(engine_seen)> done);

} // namespace orderly
