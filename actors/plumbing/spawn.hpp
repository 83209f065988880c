#pragma once
// What CAF 0.17 with C++20 needs said at every spawn.

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>

#include <type_traits>
#include <utility>

namespace orderly {

/// CAF builds a state with State(self) when that compiles. For an aggregate C++20 makes it compile by initialising the first
/// member with the pointer, silently (reference: caf-0.17 pitfall 1). So every state declares its constructor.
template <class State, class Pointer>
concept actor_state = !std::is_aggregate_v<State> && std::is_constructible_v<State, Pointer>;

/// For threads that are not the actor system's own. A spawn makes its thread hold the system's logger, for good, and the end of
/// the system waits until no thread holds it: so one that outlives the system must let go, also when the spawn throws.
template <class... Ts>
void spawn_from_outside(caf::actor_system& in, Ts&&... what) {
  struct guard {
    const bool is_outside;
    ~guard() {
      if (is_outside)
        caf::logger::set_current_actor_system(nullptr);
    }
  };
  const guard at_end{caf::logger::current_logger() != &in.logger()};
  in.spawn(std::forward<Ts>(what)...);
}

} // namespace orderly
