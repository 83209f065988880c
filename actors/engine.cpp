#include "actors/engine.hpp"

#include "actors/change_watcher.hpp"
#include "actors/detail_fetcher.hpp"
#include "actors/gateway.hpp"
#include "actors/lane.hpp"
#include "actors/outbox_worker.hpp"
#include "actors/registry.hpp"
#include "actors/storage_writer.hpp"
#include "base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <thread>

namespace orderly {
namespace {

/// Built in code: CAF's own parser would own the command line and read a file of its own (caf-0.17, pitfall 17).
struct scheduler_config : caf::actor_system_config {
  explicit scheduler_config(std::size_t workers) {
    // Work stealing walks its run queue: with many runnable actors it spends nearly all cycles there (caf-0.17, "First").
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", workers);
    // Messages an actor may handle before others get the worker: unlimited lets one backlog starve the rest (caf-0.17, 4.5).
    set("scheduler.max-throughput", std::size_t{50});
  }
};

class engine_impl final : public engine {
public:
  /// @param feed may be null
  engine_impl(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed);
  ~engine_impl() override;
  order_port& port() override { return gateway_; }
  bool healthy() const override { return healthy_->load(); }

private:
  void start_writer();
  void start_calls();
  void start_registry();
  void start_watcher(std::unique_ptr<change_feed> feed);
  void wait_for(const std::function<bool()>& done, std::chrono::seconds at_most) const;
  template <class Handle>
  void stop(Handle& handle);
  template <class Handle>
  void stop(drop_box<Handle>& box);

  engine_options options_;
  engine_parts parts_;
  std::shared_ptr<std::atomic<bool>> healthy_ = std::make_shared<std::atomic<bool>>(true);
  std::shared_ptr<std::atomic<int>> loads_under_way_ = std::make_shared<std::atomic<int>>(0);
  gateway gateway_;
  scheduler_config config_;
  caf::actor_system system_;
  box_of<writer_actor> writer_ = std::make_shared<drop_box<writer_actor>>();
  fetcher_actor fetcher_;
  box_of<outbox_actor> outbox_ = std::make_shared<drop_box<outbox_actor>>();
  std::vector<box_of<registry_actor>> shards_;
  watcher_actor watcher_; ///< null where no other engine can be
  std::shared_ptr<drop_box<fetcher_actor>> fetcher_box_ = std::make_shared<drop_box<fetcher_actor>>();
};

engine_impl::engine_impl(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed)
    : options_(options), parts_(parts), gateway_(parts.time), config_(options.workers), system_(config_) {
  start_writer();
  start_calls();
  start_registry();
  start_watcher(std::move(feed));
  gateway_.open(shards_, writer_);
}

void engine_impl::start_writer() {
  writer_options writer;
  writer.lanes = std::min(options_.lanes, parts_.store.max_lanes());
  writer.spawn_lane = [store = &parts_.store](caf::actor_system& in) { return in.spawn<caf::detached>(lane, store); };
  writer.healthy = healthy_;
  writer.measured = &parts_.measured;
  writer.time = &parts_.time;
  writer_->open(system_.spawn(storage_writer, std::move(writer)));
}

void engine_impl::start_calls() {
  auto calls = std::make_shared<call_services>();
  calls->tiktok = &parts_.tiktok;
  calls->orders = &gateway_;
  calls->time = &parts_.time;
  calls->ids = &parts_.ids;
  calls->measured = std::make_shared<call_metrics>(parts_.measured);
  for (const auto& shop : options_.shops)
    calls->shops.emplace(shop.id, shop);
  fetcher_ = system_.spawn(detail_fetcher, std::shared_ptr<const call_services>{calls}, fetcher_box_);
  fetcher_box_->open(fetcher_);
  outbox_options outbox{options_.engine_name, options_.lease, options_.outbox_scan, options_.calls_in_flight};
  outbox_->open(
      system_.spawn(outbox_worker, writer_, fetcher_, std::shared_ptr<const call_services>{calls}, outbox, outbox_));
}

void engine_impl::start_registry() {
  auto services = std::make_shared<order_services>();
  services->reader = &parts_.reader;
  services->time = &parts_.time;
  services->rules = options_.rules;
  services->writer = writer_;
  services->outbox = outbox_;
  services->measured = std::make_shared<order_metrics>(parts_.measured);
  services->loads_under_way = loads_under_way_;
  const auto measured = std::make_shared<registry_metrics>(parts_.measured);
  for (std::size_t i = 0; i < options_.workers; ++i)
    shards_.emplace_back(std::make_shared<drop_box<registry_actor>>())
        ->open(system_.spawn(registry, std::shared_ptr<const order_services>{services}, measured));
}

void engine_impl::start_watcher(std::unique_ptr<change_feed> feed) {
  if (feed)
    watcher_ =
        system_.spawn<caf::detached>(change_watcher, std::make_shared<std::unique_ptr<change_feed>>(std::move(feed)), shards_);
}

void engine_impl::wait_for(const std::function<bool()>& done, std::chrono::seconds at_most) const {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (!done() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

/// Its box is closed first, so that nothing more comes to it.
template <class Handle>
void engine_impl::stop(drop_box<Handle>& box) {
  auto handle = box.get();
  box.close();
  stop(handle);
}

template <class Handle>
void engine_impl::stop(Handle& handle) {
  caf::scoped_actor self{system_};
  self->monitor(handle);
  self->send_exit(handle, caf::exit_reason::user_shutdown);
  self->receive([](const caf::down_msg&) {});
  handle = nullptr;
}

engine_impl::~engine_impl() {
  // No new calls first; then what was accepted is decided and committed; then the orders, and last what they commit through.
  fetcher_box_->close();
  stop(*outbox_);
  stop(fetcher_);
  wait_for([this] { return gateway_.under_way() == 0; }, options_.stop_grace);
  gateway_.close();
  if (watcher_)
    stop(watcher_);
  for (auto& shard : shards_)
    stop(*shard);
  stop(*writer_);
  // Orders work through what is queued before they see their exit. A reader answers every load; its callback must not come after
  // the actor system is gone.
  system_.await_all_actors_done();
  while (loads_under_way_->load() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

} // namespace

result<std::unique_ptr<engine>> start_engine(const engine_options& options, const engine_parts& parts) {
  // One connection now, so that a store that cannot be written is found at the start and not by the first order.
  if (const auto probe = parts.store.open_writer(); !probe)
    return probe.error();
  auto feed = parts.store.open_changes();
  if (!feed)
    return feed.error();
  return std::unique_ptr<engine>{std::make_unique<engine_impl>(options, parts, std::move(*feed))};
}

} // namespace orderly
