// The gateway's answers to whoever looks at the engine.

#include "actors/engine/gateway.hpp"
#include "actors/plumbing/spawn.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <mutex>

namespace orderly {
namespace {

engine_traffic traffic_by(traffic_rates& rates) {
  const auto sum = traffic_now();
  return {sum, rates.read(sum, std::chrono::steady_clock::now())};
}

} // namespace

void gateway::look_for(const shard_request& orders, std::function<void(result<engine_seen>)> done) {
  const std::shared_lock lock(mutex_);
  const auto supervisor = supervisor_ ? supervisor_->get() : supervisor_actor{};
  if (!supervisor)
    return done(error{error_code::shutting_down, "the engine is draining", {}});
  spawn_from_outside(supervisor->home_system(), look_around, look_sources{supervisor_, writer_, shards_}, orders,
                     [done = std::move(done)](engine_seen seen) { done(std::move(seen)); });
}

void gateway::look(actors_request what, std::function<void(result<actors_view>)> done) {
  const auto orders = request_for(what);
  look_for(orders,
           [what = std::move(what), options = options_, rates = rates_, done = std::move(done)](result<engine_seen> seen) {
             done(seen ? result<actors_view>{actors_view_of(what, *seen, traffic_by(*rates), *options)}
                       : result<actors_view>{seen.error()});
           });
}

void gateway::tree(std::function<void(result<actor_tree>)> done) {
  look_for(request_for_tree(), [options = options_, rates = rates_, done = std::move(done)](result<engine_seen> seen) {
    done(seen ? result<actor_tree>{tree_of(*seen, traffic_by(*rates), *options)} : result<actor_tree>{seen.error()});
  });
}

} // namespace orderly
