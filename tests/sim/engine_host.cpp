#include "tests/sim/engine_host.hpp"

#include "actors/engine/assembly.hpp"
#include "net/tiktok/shop_table.hpp"
#include "tests/support/metric.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace orderly::sim {
namespace {

struct system_config : caf::actor_system_config {
  system_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// Late or early by the engine's skew; throws once when told to: the stand-in for a defect in a handler.
class host_clock final : public clock {
public:
  host_clock(const clock& from, std::chrono::milliseconds skew) : from_(from), skew_(skew) {}
  [[nodiscard]] timestamp now() const override {
    if (std::exchange(throws, false))
      throw std::runtime_error("a defect: the simulation says so");
    return from_.now() + skew_;
  }
  mutable bool throws = false;

private:
  const clock& from_;
  std::chrono::milliseconds skew_;
};

const shop ours{shop_id{std::string{shop_of_all}}, "US", "CIPHER", "TOKEN"};

engine_options options_of(const plan& with, const policy& rules, int number) {
  engine_options options;
  options.workers = with.workers;
  options.lanes = with.lanes;
  options.rules = rules;
  options.engine_name = "engine-" + std::to_string(number);
  options.max_residents = with.residents;
  options.max_waiting = with.waiting;
  options.max_parked = with.parked;
  options.order_idle = with.idle;
  options.calls_in_flight = with.calls;
  return options;
}

} // namespace

struct engine_host::process {
  process(stage& on, orderly::test::memory_store& into, fake_tiktok& tiktok, const policy& rules, int number, int life)
      : time(on.time, number == 0 ? std::chrono::milliseconds{0} : on.with.skew),
        ids(time, on.with.seed * 1'000'003 + static_cast<std::uint64_t>(number * 1'009 + life + 1)), store(on, into, alive),
        reads(on, std::move(*into.open_reader()), alive), wire(tiktok, number, time, store.leases, alive),
        whole(options_of(on.with, rules, number), {store, reads, wire, shops, time, ids, measured}, feed(store),
              blocking::scheduled) {}

  static std::unique_ptr<change_feed> feed(rough_store& from) {
    auto opened = from.open_changes();
    return opened ? std::move(*opened) : nullptr;
  }

  bool alive = true, stopping = false, failed = false, mending = false;
  std::shared_ptr<bool> stopped = std::make_shared<bool>(false);
  host_clock time;
  uuid_v7_source ids;
  metrics measured;
  rough_store store;
  rough_reads reads;
  tiktok_wire wire;
  shop_table shops{{ours}};
  assembly whole;
  system_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  supervisor_actor supervisor;
  std::optional<orderly::gauge> residents;
};

engine_host::engine_host(stage& on, orderly::test::memory_store& store, fake_tiktok& tiktok, const policy& rules, int n, int life)
    : number(n), on_(on), p_(std::make_unique<process>(on, store, tiktok, rules, n, life)) {
  p_->supervisor = p_->whole.start(p_->system, [this](const std::string& why) {
    on_.note("engine ", number, " cannot mend itself: ", why);
    p_->failed = true;
  });
  caf::actor_cast<caf::actor>(p_->supervisor)->attach_functor([stopped = p_->stopped] { *stopped = true; });
  static_cast<void>(gauge("orderly_registry_residents")); // throws unless it is there: the next line would make it
  p_->residents = p_->measured.gauge("orderly_registry_residents", "");
}

engine_host::~engine_host() { end(); }

/// Everything ends where it stands, and nothing of it counts any more. Actors that do not end are a leak.
void engine_host::end() {
  p_->alive = false;
  p_->reads.drop_waiting();
  p_->whole.orders.close();
  tell_from_outside(p_->supervisor, atom::stop::value, std::chrono::milliseconds{0});
  p_->supervisor = nullptr;
  const auto drain = [this] {
    while (p_->scheduler.has_job())
      p_->scheduler.run_once();
  };
  drain();
  p_->scheduler.advance_time(std::chrono::minutes{3}); // what waits for an answer that nobody gives
  drain();
  p_->whole.close();
  if (const auto left = actors(); left > 0) {
    on_.violate("an engine leaves no actor behind", "", left, " of engine ", number);
    p_->system.await_actors_before_shutdown(false);
  }
}

std::vector<engine_host::job> engine_host::jobs() {
  std::vector<job> all;
  for (auto* each : p_->scheduler.jobs)
    if (auto* actor = dynamic_cast<caf::scheduled_actor*>(each)) {
      const std::string_view name = actor->name();
      if (name != "watcher" || p_->stopping || p_->store.has_news())
        all.push_back({actor->id(), name, each});
    }
  std::sort(all.begin(), all.end(), [](const job& a, const job& b) { return a.id < b.id; });
  return all;
}

void engine_host::run(const job& of, bool throws) {
  auto& jobs = p_->scheduler.jobs;
  const auto at = std::find(jobs.begin(), jobs.end(), static_cast<caf::resumable*>(of.who));
  std::rotate(jobs.begin(), at, at + 1);
  on_.mark(of.id);
  on_.mark(of.name);
  ++on_.messages;
  if (on_.log.every_message)
    on_.note("    engine ", number, " runs ", of.name, " ", of.id);
  on_.actor = of.name;
  p_->time.throws = throws;
  const auto faults = on_.faults;
  p_->scheduler.run_once();
  const bool thrown = throws && !p_->time.throws;
  p_->mending |= (thrown && of.name != "order") || (of.name == "lane" && on_.faults != faults); // a lane dies of its store
  if (thrown)
    on_.note("  FAULT engine ", number, ": a handler of ", of.name, " threw");
  p_->time.throws = false;
  on_.actor = {};
}

void engine_host::kill(const job& of) {
  auto* const actor = dynamic_cast<caf::scheduled_actor*>(static_cast<caf::resumable*>(of.who));
  on_.note("  FAULT engine ", number, ": ", of.name, " is killed");
  p_->mending |= of.name != "order";
  const auto whom = caf::actor_cast<caf::actor>(actor->address());
  caf::anon_send<caf::message_priority::high>(whom, caf::exit_msg{whom.address(), caf::exit_reason::kill}); // before its mail
  run(of);
}

bool engine_host::is_mending() {
  const auto jobs = this->jobs();
  p_->mending &= std::any_of(jobs.begin(), jobs.end(), [](const job& j) { return j.name == "supervisor" || j.name == "writer"; });
  return p_->mending || p_->failed;
}

void engine_host::advance(std::chrono::milliseconds by) { p_->scheduler.advance_time(by); }

void engine_host::connect_shop(bool connected) { connected ? p_->shops.put(ours) : p_->shops.remove(ours.id); }
bool engine_host::is_shop_connected() const { return p_->shops.find(ours.id) != nullptr; }

order_port& engine_host::port() { return p_->whole.orders; }
id_source& engine_host::ids() { return p_->ids; }
timestamp engine_host::now() const { return p_->time.now(); }
rough_reads& engine_host::reads() { return p_->reads; }

actor_port& engine_host::operations() { return p_->whole.orders; }

void engine_host::begin_stop(std::chrono::milliseconds grace) {
  p_->stopping = true;
  tell_from_outside(p_->supervisor, atom::stop::value, grace);
}
bool engine_host::is_stopping() const { return p_->stopping; }
bool engine_host::has_stopped() const { return *p_->stopped && actors() == 0 && !p_->reads.has_waiting(); }
bool engine_host::has_failed() const { return p_->failed; }

double engine_host::gauge(const std::string& name) const { return orderly::test::value_of(p_->measured, name); }
double engine_host::residents() const { return p_->residents->value(); }
/// 0 for what an engine that ended while it started had not registered yet.
double engine_host::counter(const std::string& name) const { return p_->measured.find(name).value_or(0); }
std::size_t engine_host::actors() const { return p_->system.registry().running(); }

} // namespace orderly::sim
