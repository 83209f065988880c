// The actors as they supervise each other.

#include "actors/engine/views.hpp"

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t orders_in_a_tree = 20; // of each shard

actor_node order_node(const actor_view& order) {
  actor_node node;
  node.id = order.id;
  node.kind = order.kind;
  node.restarts = order.restarts;
  node.mailbox = order.mailbox;
  node.oldest_ms = order.oldest_ms;
  node.handled_per_s = order.handled_per_s;
  if (order.state)
    node.note = std::string{name_of(*order.state)} + ", ";
  node.note += name_of(*order.phase);
  if (order.phase == actor_phase::quarantined)
    node.marks.emplace_back("quarantined");
  return node;
}

/// What no shard has said is its own mailbox; what it shows is its orders'.
void add_orders(actor_node& shard, const shard_seen& seen) {
  shard.mailbox = seen.mailbox;
  shard.oldest_ms = seen.oldest_ms;
  shard.handled_per_s = seen.handled_per_s;
  shard.note = std::to_string(seen.live) + " orders, in hand " + std::to_string(seen.in_hand) + ", parked " +
               std::to_string(seen.parked) + ", waiting for a place " + std::to_string(seen.waiting);
  std::size_t told = 0;
  for (const auto& order : seen.orders) {
    shard.children.push_back(order_node(order));
    told += *order.mailbox;
  }
  if (seen.live > seen.orders.size())
    shard.folded = {seen.live - seen.orders.size(), seen.mailbox - std::min(told, seen.mailbox)};
}

void add_lanes(actor_node& writer, const std::vector<lane_seen>& lanes) {
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const auto& lane = lanes[i];
    waiting += lane.waiting;
    actor_node node;
    node.id = numbered(kind_name<lane_actor>, i);
    node.kind = kind_name<lane_actor>;
    node.restarts = lane.restarts;
    node.mailbox = lane.waiting;
    node.note = std::string{lane.for_tasks ? "for short writes, " : ""} + (lane.busy ? "busy" : "idle");
    if (lane.fails)
      node.marks.emplace_back("failing");
    writer.children.push_back(std::move(node));
  }
  writer.note = std::to_string(waiting) + " wait for a lane";
}

actor_node part_node(const engine_member& part, const engine_traffic& traffic) {
  actor_node node;
  node.id = part.id;
  node.kind = part.kind;
  node.restarts = part.restarts;
  if (part.id == part.kind) // else there are several of the kind
    node.handled_per_s = traffic.per_s[place_of(part.kind)];
  if (!part.alive)
    node.marks.emplace_back("away");
  return node;
}

} // namespace

shard_request request_for_tree() { return {actor_sort::mailbox, true, true, orders_in_a_tree, {}}; }

actor_tree tree_of(const engine_seen& seen, const engine_traffic& traffic, const engine_options& options) {
  actor_tree tree;
  tree.not_known = not_seen_in(seen);
  tree.root.id = kind_name<supervisor_actor>;
  tree.root.kind = kind_name<supervisor_actor>;
  tree.root.handled_per_s = traffic.per_s[place_of(kind_name<supervisor_actor>)];
  tree.root.restart_limit = {options.restarts.deaths, options.restarts.within.count()};
  if (!seen.parts)
    tree.root.marks.emplace_back("away");
  std::size_t shard = 0;
  for (const auto& part : seen.parts ? members_of(*seen.parts) : std::vector<engine_member>{}) {
    auto node = part_node(part, traffic);
    if (part.kind == kind_name<writer_actor> && seen.lanes) {
      node.restart_limit = tree.root.restart_limit;
      add_lanes(node, *seen.lanes);
    }
    if (part.kind == kind_name<registry_actor>) {
      if (shard < seen.shards.size() && seen.shards[shard])
        add_orders(node, *seen.shards[shard]);
      else if (part.alive)
        node.marks.emplace_back("away");
      ++shard;
    }
    tree.root.restarts += part.restarts;
    tree.root.children.push_back(std::move(node));
  }
  tree.root.note = std::to_string(seen.parts ? seen.parts->size() : 0) + " parts";
  tree.threads = {{"scheduler", options.workers}};
  if (seen.lanes)
    tree.threads.push_back({"lanes", seen.lanes->size()});
  return tree;
}

} // namespace orderly
