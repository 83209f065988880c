#include "actors/engine/assembly.hpp"

#include "actors/calls/detail_fetcher.hpp"
#include "actors/calls/outbox_worker.hpp"
#include "actors/order/registry.hpp"
#include "actors/store/storage_writer.hpp"
#include "actors/store/sweeper.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace orderly {
namespace {

/// Opens the reference and gives the handle that a supervisor needs.
template <class Handle>
caf::actor known_as(const ref_of<Handle>& ref, const Handle& made) {
  ref->open(made);
  return caf::actor_cast<caf::actor>(made);
}

feed_source feeds_of(store& from, std::unique_ptr<change_feed> first) {
  if (!first)
    return nullptr;
  return [&from, settings = std::make_shared<std::unique_ptr<change_feed>>(std::move(first))]() {
    return *settings ? result<std::unique_ptr<change_feed>>{std::move(*settings)} : from.open_changes();
  };
}

} // namespace

lane_count lanes_of(const engine_options& options, const store& on) {
  const auto most = on.max_lanes();
  return {std::min(options.lanes, most), most > 1};
}

assembly::assembly(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed, blocking where,
                   std::vector<std::unique_ptr<store_writer>> writers)
    : orders(parts.time, parts.ids, parts.reader, parts.shops, options, loads_under_way), options_(options), parts_(parts),
      feeds_(feeds_of(parts.store, std::move(feed))), where_(where),
      writers_(std::make_shared<opened_writers>(std::move(writers))) {
  for (std::size_t i = 0; i < options_.workers; ++i)
    shards.push_back(std::make_shared<actor_ref<registry_actor>>());
}

supervisor_actor assembly::start(caf::actor_system& in, std::function<void(const std::string& why)> on_failure) {
  supervisor_options supervised;
  supervised.parts.push_back(storage());
  const auto services = services_of_orders();
  for (const auto& ref : shards)
    supervised.parts.push_back(registry_shard(ref, services));
  if (feeds_)
    supervised.parts.push_back(watcher());
  supervised.parts.push_back(calls());
  supervised.parts.push_back(sweeping());
  supervised.restarts = options_.restarts;
  supervised.time = &parts_.time;
  supervised.measured = &parts_.measured;
  supervised.orders = &orders;
  supervised.on_failure = std::move(on_failure);
  orders.open({supervisor, writer, shards}); // before the first answer of TikTok
  auto started = start_supervisor(in, std::move(supervised));
  supervisor->open(started);
  return started;
}

void assembly::close() {
  orders.close();
  for (const auto& ref : shards)
    ref->close();
  sweepers->close();
  outbox->close();
  writer->close();
  supervisor->close();
}

part assembly::storage() {
  writer_options settings;
  const auto lanes = lanes_of(options_, parts_.store);
  settings.lanes = lanes.of_orders;
  settings.lane_for_tasks = lanes.one_for_tasks;
  settings.spawn_lane = [store = &parts_.store, opened = writers_, where = where_](caf::actor_system& in) {
    return where == blocking::detached ? in.spawn<caf::detached>(lane, store, opened) : in.spawn(lane, store, opened);
  };
  settings.healthy = committing;
  settings.measured = &parts_.measured;
  settings.time = &parts_.time;
  settings.lane_restarts = options_.restarts;
  const auto start = [ref = writer, settings](caf::actor_system& in) {
    return std::vector{known_as(ref, in.spawn(storage_writer, settings))};
  };
  return {part_names::storage, start, [ref = writer] { ref->close(); }};
}

std::shared_ptr<const order_services> assembly::services_of_orders() {
  auto services = std::make_shared<order_services>();
  services->reader = &parts_.reader;
  services->time = &parts_.time;
  services->rules = options_.rules;
  services->writer = writer;
  services->outbox = outbox;
  services->sweeper = sweepers;
  services->measured = std::make_shared<order_metrics>(parts_.measured);
  services->loads_under_way = loads_under_way;
  return services;
}

part assembly::registry_shard(const ref_of<registry_actor>& ref, const std::shared_ptr<const order_services>& services) {
  const auto measured = std::make_shared<registry_metrics>(parts_.measured);
  const auto share = [&](std::size_t of_all) { return std::max<std::size_t>(1, of_all / options_.workers); };
  registry_options settings;
  settings.max_residents = share(options_.max_residents);
  settings.max_waiting = share(options_.max_waiting);
  settings.max_parked = share(options_.max_parked);
  settings.idle_after = options_.order_idle;
  const auto start = [ref, services, settings, measured](caf::actor_system& in) {
    return std::vector{known_as(ref, in.spawn(registry, services, settings, measured))};
  };
  return {part_names::shard, start, [ref] { ref->close(); }};
}

part assembly::watcher() {
  const auto start = [feeds = feeds_, to = shards, where = where_](caf::actor_system& in) {
    const auto made =
        where == blocking::detached ? in.spawn<caf::detached>(change_watcher, feeds, to) : in.spawn(change_watcher, feeds, to);
    return std::vector{caf::actor_cast<caf::actor>(made)};
  };
  return {part_names::watcher, start, [] {}};
}

std::shared_ptr<const call_services> assembly::services_of_calls() {
  auto services = std::make_shared<call_services>();
  services->tiktok = &parts_.tiktok;
  services->shops = &parts_.shops;
  services->orders = &orders;
  services->time = &parts_.time;
  services->ids = &parts_.ids;
  services->measured = std::make_shared<call_metrics>(parts_.measured);
  return services;
}

/// Outbox worker and detail fetcher are one part: the worker counts the rows that it handed to the fetcher, and only the two
/// together forget them.
part assembly::calls() {
  const outbox_options settings{options_.engine_name, options_.lease, options_.outbox_scan, options_.calls_in_flight};
  const auto start = [services = services_of_calls(), settings, ref = outbox, writes = writer](caf::actor_system& in) {
    const auto own = std::make_shared<actor_ref<outbox_actor>>();
    const auto fetcher = in.spawn(detail_fetcher, services, own);
    return std::vector{caf::actor_cast<caf::actor>(fetcher),
                       known_as(ref, in.spawn(outbox_worker, writes, fetcher, services, settings, own))};
  };
  return {part_names::calls, start, [ref = outbox] { ref->close(); }, true};
}

part assembly::sweeping() {
  auto services = std::make_shared<sweeper_services>();
  services->reader = &parts_.reader;
  services->orders = &orders;
  services->time = &parts_.time;
  services->self = sweepers;
  services->reads_under_way = loads_under_way;
  services->measured = std::make_shared<sweeper_metrics>(parts_.measured);
  const auto start = [ref = sweepers, services = std::shared_ptr<const sweeper_services>{services}](caf::actor_system& in) {
    return std::vector{known_as(ref, in.spawn(sweeper, services))};
  };
  return {part_names::sweeper, start, [ref = sweepers] { ref->close(); }};
}

} // namespace orderly
