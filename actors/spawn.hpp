#pragma once
// What CAF 0.17 with C++20 needs said at every spawn.

#include <type_traits>

namespace orderly {

/// CAF builds a state with State(self) when that compiles. For an aggregate C++20 makes it compile by initialising the first
/// member with the pointer, silently (reference: caf-0.17 pitfall 1). So every state declares its constructor.
template <class State, class Pointer>
concept actor_state = !std::is_aggregate_v<State> && std::is_constructible_v<State, Pointer>;

} // namespace orderly
