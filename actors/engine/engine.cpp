#include "actors/engine/engine.hpp"

#include "actors/engine/assembly.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <string>
#include <thread>
#include <utility>
#include <vector>

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

using writers = std::vector<std::unique_ptr<store_writer>>;

class engine_impl final : public engine {
public:
  engine_impl(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed, writers opened);
  ~engine_impl() override { engine_impl::stop(std::chrono::milliseconds{0}); }
  void stop(std::chrono::milliseconds grace) override;
  order_port& port() override { return parts_.orders; }
  actor_port& actors() override { return parts_.orders; }
  task_port& writes() override { return parts_.orders; }
  bool healthy() const override { return parts_.committing->load() && !failed_.load() && !stopped_.load(); }

private:
  void end_supervisor(std::chrono::milliseconds grace);

  std::atomic<bool> failed_ = false, stopped_ = false;
  assembly parts_;
  scheduler_config config_;
  caf::actor_system system_;
  supervisor_actor supervisor_; ///< null once stopped
};

engine_impl::engine_impl(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed,
                         writers opened)
    : parts_(options, parts, std::move(feed), blocking::detached, std::move(opened)), config_(options.workers), system_(config_) {
  try {
    supervisor_ = parts_.start(system_, [this, tell = options.on_failure](const std::string& why) {
      failed_ = true;
      if (tell)
        tell(why);
    });
  } catch (...) {
    parts_.close(); // the end of the system waits for every handle to be let go
    throw;
  }
}

void engine_impl::end_supervisor(std::chrono::milliseconds grace) {
  caf::scoped_actor self{system_};
  self->monitor(supervisor_);
  tell(self.ptr(), supervisor_, atom::stop::value, grace);
  self->receive([](const caf::down_msg&) {});
  supervisor_ = nullptr;
}

void engine_impl::stop(std::chrono::milliseconds grace) {
  stopped_ = true;
  if (!supervisor_)
    return;
  end_supervisor(grace);
  parts_.close(); // also when the supervisor had died
  // Orders work through what is queued before they see their exit. A reader answers every load; its callback must not come after
  // the actor system is gone.
  system_.await_all_actors_done();
  while (parts_.reads_under_way->load() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

/// The connection of each lane now: a store that cannot be written, or that allows fewer, is found at the start and not by the
/// orders that come to that lane.
result<writers> open_writers(const engine_options& options, store& from) {
  const auto lanes = lanes_of(options, from);
  const auto wanted = lanes.of_orders + (lanes.one_for_tasks ? 1 : 0);
  writers all;
  while (all.size() < wanted) {
    auto one = from.open_writer();
    if (!one && !all.empty())
      return error{one.error().code,
                   "only " + std::to_string(all.size()) + " of " + std::to_string(wanted) +
                       " writing connections (storage.lanes and one for short writes) could be opened: " + one.error().message,
                   one.error().details};
    if (!one)
      return one.error();
    all.push_back(*std::move(one));
  }
  return all;
}

} // namespace

result<std::unique_ptr<engine>> start_engine(const engine_options& options, const engine_parts& parts) {
  try {
    auto opened = open_writers(options, parts.store);
    if (!opened)
      return opened.error();
    auto feed = parts.store.open_changes();
    if (!feed)
      return feed.error();
    return std::unique_ptr<engine>{std::make_unique<engine_impl>(options, parts, std::move(*feed), *std::move(opened))};
  } catch (const std::exception& fault) { // e.g. no thread for a lane
    return error{error_code::internal, std::string{"the engine cannot be started: "} + fault.what(), {}};
  }
}

} // namespace orderly
