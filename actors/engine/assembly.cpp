#include "actors/engine/assembly.hpp"

#include "actors/calls/detail_fetcher.hpp"
#include "actors/calls/outbox_worker.hpp"
#include "actors/order/registry.hpp"
#include "actors/store/lane.hpp"
#include "actors/store/storage_writer.hpp"
#include "actors/store/sweeper.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace orderly {
namespace {

/// Opens the box and gives the handle that a supervisor needs.
template <class Handle>
caf::actor known_as(const box_of<Handle>& box, const Handle& made) {
  box->open(made);
  return caf::actor_cast<caf::actor>(made);
}

feed_source feeds_of(store& from, std::unique_ptr<change_feed> first) {
  if (!first)
    return nullptr;
  return [&from, given = std::make_shared<std::unique_ptr<change_feed>>(std::move(first))]() {
    return *given ? result<std::unique_ptr<change_feed>>{std::move(*given)} : from.open_changes();
  };
}

} // namespace

assembly::assembly(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed, blocking where)
    : orders(parts.time, parts.ids, parts.reader, loads_under_way, options.shops), options_(options), parts_(parts),
      feeds_(feeds_of(parts.store, std::move(feed))), where_(where) {
  for (std::size_t i = 0; i < options_.workers; ++i)
    shards.push_back(std::make_shared<drop_box<registry_actor>>());
}

supervisor_actor assembly::start(caf::actor_system& in, std::function<void(const std::string& why)> on_failure) {
  supervisor_options supervised;
  supervised.parts.push_back(storage());
  const auto services = services_of_orders();
  for (const auto& box : shards)
    supervised.parts.push_back(registry_shard(box, services));
  if (feeds_)
    supervised.parts.push_back(watcher());
  supervised.parts.push_back(calls());
  supervised.parts.push_back(sweeping());
  supervised.restarts = options_.restarts;
  supervised.time = &parts_.time;
  supervised.measured = &parts_.measured;
  supervised.orders = &orders;
  supervised.on_failure = std::move(on_failure);
  orders.open(shards, writer); // before the first answer of TikTok
  return start_supervisor(in, std::move(supervised));
}

void assembly::close() {
  orders.close();
  for (const auto& box : shards)
    box->close();
  sweepers->close();
  outbox->close();
  writer->close();
}

part assembly::storage() {
  writer_options given;
  given.lanes = std::min(options_.lanes, parts_.store.max_lanes());
  given.spawn_lane = [store = &parts_.store, where = where_](caf::actor_system& in) {
    return where == blocking::detached ? in.spawn<caf::detached>(lane, store) : in.spawn(lane, store);
  };
  given.healthy = committing;
  given.measured = &parts_.measured;
  given.time = &parts_.time;
  given.lane_restarts = options_.restarts;
  const auto start = [box = writer, given](caf::actor_system& in) {
    return std::vector{known_as(box, in.spawn(storage_writer, given))};
  };
  return {"storage writer", start, [box = writer] { box->close(); }};
}

std::shared_ptr<const order_services> assembly::services_of_orders() {
  auto services = std::make_shared<order_services>();
  services->reader = &parts_.reader;
  services->time = &parts_.time;
  services->rules = options_.rules;
  services->writer = writer;
  services->outbox = outbox;
  services->measured = std::make_shared<order_metrics>(parts_.measured);
  services->loads_under_way = loads_under_way;
  return services;
}

part assembly::registry_shard(const box_of<registry_actor>& box, const std::shared_ptr<const order_services>& services) {
  const auto measured = std::make_shared<registry_metrics>(parts_.measured);
  const auto share = [&](std::size_t of_all) { return std::max<std::size_t>(1, of_all / options_.workers); };
  registry_options given;
  given.max_residents = share(options_.max_residents);
  given.max_waiting = share(options_.max_waiting);
  given.max_parked = share(options_.max_parked);
  given.idle_after = options_.order_idle;
  const auto start = [box, services, given, measured](caf::actor_system& in) {
    return std::vector{known_as(box, in.spawn(registry, services, given, measured))};
  };
  return {"registry shard", start, [box] { box->close(); }};
}

part assembly::watcher() {
  const auto start = [feeds = feeds_, to = shards, where = where_](caf::actor_system& in) {
    const auto made =
        where == blocking::detached ? in.spawn<caf::detached>(change_watcher, feeds, to) : in.spawn(change_watcher, feeds, to);
    return std::vector{caf::actor_cast<caf::actor>(made)};
  };
  return {"change watcher", start, [] {}};
}

std::shared_ptr<const call_services> assembly::services_of_calls() {
  auto services = std::make_shared<call_services>();
  services->tiktok = &parts_.tiktok;
  services->orders = &orders;
  services->time = &parts_.time;
  services->ids = &parts_.ids;
  services->measured = std::make_shared<call_metrics>(parts_.measured);
  for (const auto& shop : options_.shops)
    services->shops.emplace(shop.id, shop);
  return services;
}

/// Outbox worker and detail fetcher are one part: the worker counts the rows that it handed to the fetcher, and only the two
/// together forget them.
part assembly::calls() {
  const outbox_options given{options_.engine_name, options_.lease, options_.outbox_scan, options_.calls_in_flight};
  const auto start = [services = services_of_calls(), given, box = outbox, writes = writer](caf::actor_system& in) {
    const auto own = std::make_shared<drop_box<outbox_actor>>();
    const auto fetcher = in.spawn(detail_fetcher, services, own);
    return std::vector{caf::actor_cast<caf::actor>(fetcher),
                       known_as(box, in.spawn(outbox_worker, writes, fetcher, services, given, own))};
  };
  return {"outbox worker and detail fetcher", start, [box = outbox] { box->close(); }, true};
}

part assembly::sweeping() {
  auto services = std::make_shared<sweeper_services>();
  services->reader = &parts_.reader;
  services->orders = &orders;
  services->time = &parts_.time;
  services->self = sweepers;
  services->reads_under_way = loads_under_way;
  services->measured = std::make_shared<sweeper_metrics>(parts_.measured);
  const auto start = [box = sweepers, services = std::shared_ptr<const sweeper_services>{services}](caf::actor_system& in) {
    return std::vector{known_as(box, in.spawn(sweeper, services))};
  };
  return {"sweeper", start, [box = sweepers] { box->close(); }};
}

} // namespace orderly
