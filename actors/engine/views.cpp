#include "actors/engine/views.hpp"

#include "actors/order/order_choice.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderly {
namespace {

constexpr std::string_view no_answer = "it did not answer within 1 s";

std::size_t residents_limit(const engine_options& options) { // as they are shared out
  return std::max<std::size_t>(1, options.max_residents / options.workers) * options.workers;
}

actor_totals totals_of(const engine_seen& seen, const engine_options& options) {
  actor_totals all;
  all.residents_limit = residents_limit(options);
  if (std::any_of(seen.shards.begin(), seen.shards.end(), [](const auto& shard) { return !shard; }))
    return all;
  const auto sum = [&](auto member) {
    auto total = member(*seen.shards.front());
    for (auto shard = seen.shards.begin() + 1; shard != seen.shards.end(); ++shard)
      total += member(**shard);
    return total;
  };
  all.residents = sum([](const auto& shard) { return shard.residents; });
  all.parked = sum([](const auto& shard) { return shard.parked; });
  all.mailbox = sum([](const auto& shard) { return shard.mailbox; });
  all.handled = sum([](const auto& shard) { return shard.handled; });
  all.handled_per_s = sum([](const auto& shard) { return shard.handled_per_s; });
  all.restarts = sum([](const auto& shard) { return shard.restarts; });
  for (const auto& shard : seen.shards)
    if (shard->oldest_ms)
      all.oldest_ms = std::max(all.oldest_ms.value_or(0), *shard->oldest_ms);
  return all;
}

kind_view of_messages(std::string_view kind, const engine_traffic& traffic) {
  const auto& sum = traffic.sum[place_of(kind)];
  kind_view view;
  view.kind = kind;
  view.handled = sum.taken;
  view.handled_per_s = traffic.per_s[place_of(kind)];
  if (sum.taken > 0)
    view.mean_wait_ms = static_cast<double>(sum.waited.count()) / 1000 / static_cast<double>(sum.taken);
  return view;
}

kind_view of_orders(const engine_seen& seen, const actor_totals& totals, const engine_traffic& traffic) {
  auto view = of_messages(kind_name<order_actor>, traffic);
  if (totals.residents) { // all shards were seen
    view.live = 0;
    for (const auto& shard : seen.shards)
      *view.live += shard->live;
  }
  view.mailbox = totals.mailbox;
  view.oldest_ms = totals.oldest_ms;
  view.handled = totals.handled;
  view.handled_per_s = totals.handled_per_s;
  view.restarts = totals.restarts;
  return view;
}

kind_view of_lanes(const engine_seen& seen, const engine_traffic& traffic) {
  auto view = of_messages(kind_name<lane_actor>, traffic);
  if (!seen.lanes)
    return view;
  view.live = seen.lanes->size();
  view.mailbox = 0;
  view.restarts = 0;
  for (const auto& lane : *seen.lanes) {
    *view.mailbox += lane.waiting;
    *view.restarts += lane.restarts;
  }
  return view;
}

kind_view of_parts(std::string_view kind, const engine_seen& seen, const engine_traffic& traffic) {
  auto view = of_messages(kind, traffic);
  if (kind == kind_name<supervisor_actor>) {
    if (seen.parts) {
      view.live = 1;
      view.restarts = 0; // it has nobody who would start it again
    }
    return view;
  }
  if (!seen.parts)
    return view;
  view.live = 0;
  view.restarts = 0;
  for (const auto& one : members_of(*seen.parts))
    if (one.kind == kind) {
      *view.live += one.alive ? 1 : 0;
      *view.restarts += one.restarts;
    }
  return view;
}

kind_view kind_of(std::string_view kind, const engine_seen& seen, const actor_totals& totals, const engine_traffic& traffic) {
  if (kind == kind_name<order_actor>)
    return of_orders(seen, totals, traffic);
  return kind == kind_name<lane_actor> ? of_lanes(seen, traffic) : of_parts(kind, seen, traffic);
}

/// What is counted by kind is an actor's own where it is the only one.
actor_view view_of(const engine_member& one, const std::vector<kind_view>& kinds) {
  actor_view view;
  view.id = one.id;
  view.kind = one.kind;
  view.restarts = one.restarts;
  const auto& kind = kinds[place_of(one.kind)];
  if (kind.live == 1) {
    view.handled = kind.handled;
    view.handled_per_s = kind.handled_per_s;
  }
  return view;
}

std::vector<actor_view> parts_of(const engine_seen& seen, const std::vector<kind_view>& kinds) {
  std::vector<actor_view> all;
  if (seen.parts) {
    all.push_back(view_of({std::string{kind_name<supervisor_actor>}, kind_name<supervisor_actor>}, kinds));
    for (const auto& one : members_of(*seen.parts))
      if (one.alive)
        all.push_back(view_of(one, kinds));
  }
  for (std::size_t i = 0; seen.lanes && i < seen.lanes->size(); ++i) {
    const auto& lane = (*seen.lanes)[i];
    auto view = view_of({numbered(kind_name<lane_actor>, i), kind_name<lane_actor>, true, lane.restarts}, kinds);
    view.mailbox = lane.waiting;
    view.phase = lane.busy ? actor_phase::committing : actor_phase::idle;
    all.push_back(std::move(view));
  }
  return all;
}

} // namespace

std::string numbered(std::string_view kind, std::size_t n) { return std::string{kind} + ':' + std::to_string(n); }

std::vector<engine_member> members_of(const std::vector<part_seen>& parts) {
  std::vector<engine_member> all;
  for (const auto& part : parts)
    for (const auto kind : part.kinds)
      all.push_back({part.number ? numbered(kind, *part.number) : std::string{kind}, kind, part.members == part.kinds.size(),
                     part.restarts});
  return all;
}

std::vector<not_seen> not_seen_in(const engine_seen& seen) {
  std::vector<not_seen> all;
  if (!seen.parts)
    all.push_back({std::string{kind_name<supervisor_actor>}, std::string{no_answer}});
  if (!seen.lanes)
    all.push_back({std::string{kind_name<writer_actor>}, std::string{no_answer}});
  for (std::size_t i = 0; i < seen.shards.size(); ++i)
    if (!seen.shards[i])
      all.push_back({numbered(kind_name<registry_actor>, i), std::string{no_answer}});
  return all;
}

shard_request request_for(const actors_request& asked) {
  const bool wants_orders = asked.kind.empty() || asked.kind == kind_name<order_actor>;
  return {asked.by, asked.greatest_first, false, wants_orders ? asked.limit : 0, asked.id_part};
}

actors_view actors_view_of(const actors_request& asked, const engine_seen& seen, const engine_traffic& traffic,
                           const engine_options& options) {
  actors_view view;
  view.totals = totals_of(seen, options);
  view.not_known = not_seen_in(seen);
  for (const auto kind : kind_names)
    view.kinds.push_back(kind_of(kind, seen, view.totals, traffic));
  const auto is_asked_for = [&](std::string_view kind) { return asked.kind.empty() || asked.kind == kind; };
  for (auto& part : parts_of(seen, view.kinds))
    if (is_asked_for(part.kind) && part.id.find(asked.id_part) != std::string::npos)
      view.actors.push_back(std::move(part));
  view.total = view.actors.size();
  for (const auto& shard : seen.shards)
    if (shard && is_asked_for(kind_name<order_actor>)) {
      view.total += shard->matched;
      view.actors.insert(view.actors.end(), shard->orders.begin(), shard->orders.end());
    }
  const auto request = request_for(asked);
  std::sort(view.actors.begin(), view.actors.end(), actor_order{request});
  view.actors.resize(std::min(view.actors.size(), asked.limit));
  return view;
}

} // namespace orderly
