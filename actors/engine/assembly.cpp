#include "actors/engine/assembly.hpp"

#include "actors/calls/detail_fetcher.hpp"
#include "actors/calls/outbox_worker.hpp"
#include "actors/order/registry.hpp"
#include "actors/store/storage_writer.hpp"
#include "actors/store/sweeper.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <utility>

namespace orderly {
namespace {

feed_source feeds_of(store& from, std::unique_ptr<change_feed> first) {
  if (!first)
    return nullptr;
  return [&from, settings = std::make_shared<std::unique_ptr<change_feed>>(std::move(first))]() {
    return *settings ? result<std::unique_ptr<change_feed>>{std::move(*settings)} : from.open_changes();
  };
}

/// A reference to an actor that is not there yet.
template <class Handle>
ref_of<Handle> closed() {
  return std::make_shared<actor_ref<Handle>>();
}

/// Opens the reference and gives the handle that a supervisor needs.
template <class Handle>
caf::actor known_as(const ref_of<Handle>& ref, const Handle& made) {
  ref->open(made);
  return caf::actor_cast<caf::actor>(made);
}

/// A part of one actor, which `spawn(system)` makes.
/// @param ref where the others find it
template <class Handle, class Spawn>
part part_of(std::string name, const ref_of<Handle>& ref, Spawn spawn) {
  const auto start = [ref, spawn = std::move(spawn)](caf::actor_system& in) { return std::vector{known_as(ref, spawn(in))}; };
  return {std::move(name), start, [ref] { ref->close(); }, {kind_name<Handle>}};
}

template <class... Ts>
auto spawn_blocking(blocking where, caf::actor_system& in, Ts&&... what) {
  return where == blocking::detached ? in.spawn<caf::detached>(std::forward<Ts>(what)...) : in.spawn(std::forward<Ts>(what)...);
}

engine_services services_from(const engine_parts& from, order_port& orders, const std::shared_ptr<std::atomic<int>>& reading) {
  return {&from.reader, &orders, &from.time, &from.ids, closed<writer_actor>(), closed<outbox_actor>(), closed<sweeper_actor>(),
          reading};
}

part storage(const assembly& of) {
  writer_options settings;
  const auto lanes = lanes_of(of.options, of.parts.store);
  settings.lanes = lanes.of_orders;
  settings.lane_for_tasks = lanes.one_for_tasks;
  settings.spawn_lane = [store = &of.parts.store, opened = of.writers, where = of.where](caf::actor_system& in) {
    return spawn_blocking(where, in, lane, store, opened);
  };
  settings.healthy = of.committing;
  settings.measured = &of.parts.measured;
  settings.time = &of.parts.time;
  settings.lane_restarts = of.options.restarts;
  return part_of("storage writer", of.services.writer,
                 [settings](caf::actor_system& in) { return in.spawn(storage_writer, settings); });
}

std::vector<part> registry_shards(const assembly& of) {
  const auto services = std::make_shared<order_services>(of.services);
  services->rules = of.options.rules;
  services->measured = std::make_shared<order_metrics>(of.parts.measured);
  const auto share = [&](std::size_t of_all) { return std::max<std::size_t>(1, of_all / of.options.workers); };
  registry_options settings;
  settings.max_residents = share(of.options.max_residents);
  settings.max_waiting = share(of.options.max_waiting);
  settings.max_parked = share(of.options.max_parked);
  settings.idle_after = of.options.order_idle;
  const auto measured = std::make_shared<registry_metrics>(of.parts.measured);
  const auto spawn = [services = std::shared_ptr<const order_services>{services}, settings, measured](caf::actor_system& in) {
    return in.spawn(registry, services, settings, measured);
  };
  std::vector<part> all;
  for (const auto& ref : of.shards) {
    all.push_back(part_of("registry shard", ref, spawn));
    all.back().number = all.size() - 1;
  }
  return all;
}

part watching(const assembly& of) {
  const auto spawn = [feeds = of.feeds, to = of.shards, where = of.where](caf::actor_system& in) {
    return spawn_blocking(where, in, change_watcher, feeds, to);
  };
  return part_of("change watcher", closed<watcher_actor>(), spawn); // nobody tells it anything
}

/// Outbox worker and detail fetcher are one part: the worker counts the rows that it handed to the fetcher, and only the two
/// together forget them.
part calls(const assembly& of) {
  const auto services = std::make_shared<call_services>(of.services);
  services->tiktok = &of.parts.tiktok;
  services->shops = &of.parts.shops;
  services->measured = std::make_shared<call_metrics>(of.parts.measured);
  const outbox_options settings{of.options.engine_name, of.options.lease, of.options.outbox_scan, of.options.calls_in_flight};
  const auto start = [services = std::shared_ptr<const call_services>{services}, settings](caf::actor_system& in) {
    const auto own = std::make_shared<actor_ref<outbox_actor>>();
    const auto fetcher = in.spawn(detail_fetcher, services, own);
    return std::vector{caf::actor_cast<caf::actor>(fetcher),
                       known_as(services->outbox, in.spawn(outbox_worker, fetcher, services, settings, own))};
  };
  part both{"outbox worker and detail fetcher", start, [ref = of.services.outbox] { ref->close(); }};
  both.kinds = {kind_name<outbox_actor>, kind_name<fetcher_actor>};
  both.last_source = true;
  return both;
}

part sweeping(const assembly& of) {
  const auto services = std::make_shared<sweeper_services>(of.services);
  services->measured = std::make_shared<sweeper_metrics>(of.parts.measured);
  return part_of("sweeper", of.services.sweeper,
                 [services = std::shared_ptr<const sweeper_services>{services}](caf::actor_system& in) {
                   return in.spawn(sweeper, services);
                 });
}

/// In the order of their start.
std::vector<part> parts_of(const assembly& of) {
  std::vector<part> all{storage(of)};
  for (auto& shard : registry_shards(of))
    all.push_back(std::move(shard));
  if (of.feeds)
    all.push_back(watching(of));
  all.push_back(calls(of));
  all.push_back(sweeping(of));
  return all;
}

} // namespace

lane_count lanes_of(const engine_options& options, const store& on) {
  const auto most = on.max_lanes();
  return {std::min(options.lanes, most), most > 1};
}

assembly::assembly(const engine_options& with, const engine_parts& from, std::unique_ptr<change_feed> feed, blocking on,
                   std::vector<std::unique_ptr<store_writer>> opened)
    : options(with), parts(from), feeds(feeds_of(from.store, std::move(feed))), where(on),
      writers(std::make_shared<opened_writers>(std::move(opened))),
      orders(from.time, from.ids, from.reader, from.shops, with, reads_under_way),
      services(services_from(from, orders, reads_under_way)) {
  for (std::size_t i = 0; i < options.workers; ++i)
    shards.push_back(closed<registry_actor>());
}

supervisor_actor assembly::start(caf::actor_system& in, std::function<void(const std::string& why)> on_failure) {
  supervisor_options supervised;
  supervised.parts = parts_of(*this);
  for (const auto& each : supervised.parts)
    to_close_.push_back(each.close);
  supervised.restarts = options.restarts;
  supervised.time = &parts.time;
  supervised.measured = &parts.measured;
  supervised.orders = &orders;
  supervised.on_failure = std::move(on_failure);
  orders.open({supervisor, services.writer, shards}); // before the first answer of TikTok
  auto started = start_supervisor(in, std::move(supervised));
  supervisor->open(started);
  return started;
}

void assembly::close() {
  orders.close();
  for (const auto& close_reference : to_close_)
    close_reference();
  supervisor->close();
}

} // namespace orderly
