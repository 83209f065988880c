#pragma once
// What was seen of the engine, as the port shows it.

#include "actors/engine/engine.hpp"
#include "actors/engine/kind_traffic.hpp"
#include "actors/engine/lookout.hpp"
#include "domain/ports/actor_views.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderly {

shard_request request_for(const actors_request& asked);
actors_view actors_view_of(const actors_request& asked, const engine_seen& seen, const engine_traffic& traffic,
                           const engine_options& options);

/// A part of the engine.
struct engine_member {
  std::string id;
  std::string_view kind;
  bool alive = true;
  std::uint64_t restarts = 0;
};
std::vector<engine_member> members_of(const std::vector<part_seen>& parts);
std::vector<not_seen> not_seen_in(const engine_seen& seen);
/// "registry:0"
std::string numbered(std::string_view kind, std::size_t n);

/// The first orders of each shard: those with marks, then the fullest mailboxes.
shard_request request_for_tree();
actor_tree tree_of(const engine_seen& seen, const engine_traffic& traffic, const engine_options& options);

} // namespace orderly
