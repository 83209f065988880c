#pragma once
// The engine's actors as the API shows them (docs/contract.md).

#include "base/json.hpp"
#include "domain/ports/actor_views.hpp"

namespace orderly {

/// Without what the route adds: as_of, engine, and the totals of other parts.
json::object actors_body(const actors_view& seen);
json::object tree_body(const actor_tree& seen);

} // namespace orderly
