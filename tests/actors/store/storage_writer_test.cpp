// The storage writer over lanes whose stores a test holds in hand: whose failures count, and who waits for whom.

#include "actors/engine/ask_store.hpp"
#include "actors/store/lane.hpp"
#include "actors/store/storage_writer.hpp"
#include "tests/actors/store/failing_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <array>
#include <chrono>
#include <functional>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

using work = std::function<result<void>(store_writer&)>;
using answers = std::vector<result<void>>;

void ask_to_write(caf::event_based_actor* self, const writer_actor& writer, const work& what, const tiktok_order_id& behind,
                  answers* into) {
  ask_store(
      self, writer, what, [into](const result<void>& said) { into->push_back(said); }, behind);
}

void ask_to_commit(caf::event_based_actor* self, const writer_actor& writer, const unit_ptr& unit,
                   std::vector<commit_fate>* into) {
  ask(self, writer, atom::commit::value, unit)
      .then([into](const commit_reply& said) { into->push_back(said.fate); }, [](const caf::error&) {});
}

result<void> probe(store_writer& on) { return on.probe(); }
result<void> claim(store_writer& on) {
  const auto claimed = on.claim({});
  return claimed ? result<void>{} : result<void>{claimed.error()};
}

struct writer_under_test {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  std::array<failing_store, 3> stores; ///< of the lanes
  manual_clock time;
  metrics measured;
  std::shared_ptr<std::atomic<bool>> healthy = std::make_shared<std::atomic<bool>>(true);
  answers said;
  std::vector<commit_fate> fates;
  std::size_t spawned = 0;
  config settings;
  caf::actor_system system{settings};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  writer_actor writer;

  explicit writer_under_test(std::size_t lanes, bool lane_for_tasks = false, std::size_t max_batch = 500) {
    writer_options options;
    options.lanes = lanes;
    options.lane_for_tasks = lane_for_tasks;
    options.max_batch = max_batch;
    options.healthy = healthy;
    options.measured = &measured;
    options.time = &time;
    options.spawn_lane = [this, all = lanes + (lane_for_tasks ? 1 : 0)](caf::actor_system& in) {
      return in.spawn(lane, static_cast<store*>(&stores.at(spawned++ % all)), std::shared_ptr<opened_writers>{});
    };
    writer = system.spawn(storage_writer, options);
    drain();
  }
  ~writer_under_test() {
    end();
    writer = nullptr;
  }
  void drain() {
    while (scheduler.try_run_once()) {
    }
  }
  void second() {
    scheduler.advance_time(1s);
    drain();
  }
  void end() {
    caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
    drain();
  }
  void write(work what, const tiktok_order_id& behind = {}) {
    system.spawn(ask_to_write, writer, std::move(what), behind, &said);
  }
  /// A unit of an order of this lane of two, another one each time.
  tiktok_order_id commit(std::size_t lane = 0, std::size_t lanes = 2) {
    auto unit = std::make_shared<order_unit>();
    do
      unit->order = tiktok_order_id{std::to_string(++orders_)};
    while (std::hash<tiktok_order_id>{}(unit->order) % lanes != lane);
    system.spawn(ask_to_commit, writer, unit_ptr{unit}, &fates);
    return unit->order;
  }

private:
  int orders_ = 0;
};

} // namespace

TEST_CASE("a lane that commits does not hide another one that cannot") {
  writer_under_test t{2};
  t.stores[0].commits = false;
  t.commit(0);
  t.drain();
  CHECK_FALSE(t.healthy->load());
  for (int i = 0; i < 3; ++i) {
    t.commit(1);
    t.drain();
    t.second();
    CHECK_FALSE(t.healthy->load());
  }
  t.stores[0].commits = true;
  t.commit(0);
  t.drain();
  CHECK(t.healthy->load());
  CHECK(t.fates == std::vector{commit_fate::unavailable, commit_fate::committed, commit_fate::committed, commit_fate::committed,
                               commit_fate::committed});
}

TEST_CASE(
    "what writes nothing does not make a store ready whose commits fail; once it can commit it is ready without a webhook") {
  writer_under_test t{1};
  t.stores[0].commits = false;
  t.commit(0, 1);
  t.drain();
  for (int i = 0; i < 3; ++i) {
    t.write(claim);
    t.second();
    CHECK(t.said.back().has_value());
    CHECK_FALSE(t.healthy->load());
  }
  t.stores[0].commits = true;
  t.second();
  CHECK(t.healthy->load());
  CHECK(t.stores[0].told.back() == 'p');
  const auto told = t.stores[0].told;
  t.second();
  CHECK(t.stores[0].told == told); // a healthy lane is not probed
}

TEST_CASE("a store that cannot be reached for a short write is not ready either, until it commits") {
  writer_under_test t{1};
  t.stores[0].is_reachable = false;
  t.write(claim);
  t.drain();
  CHECK_FALSE(t.said.back().has_value());
  CHECK_FALSE(t.healthy->load());
  t.stores[0].is_reachable = true;
  t.write(claim);
  t.drain();
  CHECK_FALSE(t.healthy->load());
  t.second();
  CHECK(t.healthy->load());
}

TEST_CASE("on one lane short writes and batches take turns, however many wait") {
  writer_under_test t{1, false, 1};
  for (int i = 0; i < 5; ++i)
    t.commit(0, 1);
  for (int i = 0; i < 5; ++i)
    t.write(probe);
  t.drain();
  CHECK(t.stores[0].told == "cpcpcpcpcp");
  CHECK(t.fates.size() == 5);
  CHECK(t.said.size() == 5);
}

TEST_CASE("with a lane of their own short writes ride on no lane of orders, but for those behind an order's unit") {
  writer_under_test t{2, true};
  const auto order = t.commit(1);
  t.write(probe);
  t.write(claim, order);
  t.drain();
  CHECK(t.stores[0].told.empty());
  CHECK(t.stores[1].told == "ca");
  CHECK(t.stores[2].told == "p");
}

TEST_CASE("whoever asks for a short write is answered once, whatever dies") {
  writer_under_test t{1};
  SECTION("the lane, at the write") {
    t.stores[0].throws = true;
    t.write(probe);
    t.drain();
    REQUIRE(t.said.size() == 1);
    CHECK(t.said.front().error().code == error_code::storage_outcome_unknown);
    t.stores[0].throws = false;
    t.write(probe);
    t.drain();
    REQUIRE(t.said.size() == 2);
    CHECK(t.said.back().has_value()); // by the lane's successor
  }
  SECTION("the lane, before it comes to the write") {
    t.stores[0].throws = true;
    for (int i = 0; i < 3; ++i)
      t.write(probe);
    t.commit(0, 1);
    t.drain();
    CHECK(t.said.size() == 3);
    CHECK(t.fates.size() == 1);
  }
  SECTION("the writer") {
    for (int i = 0; i < 4; ++i)
      t.write(probe);
    for (int i = 0; i < 6; ++i)
      t.scheduler.try_run_once();
    t.end();
    CHECK(t.said.size() == 4);
  }
}
