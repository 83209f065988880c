#pragma once
// The engine's real actors on CAF's test scheduler, over a real SQLite store, with injected time: nothing happens but what
// drain() and advance() run, on this thread, in an order that the seed decides. restart() is a crash: the actors are gone, the
// store stays.

#include "actors/detail_fetcher.hpp"
#include "actors/gateway.hpp"
#include "actors/outbox_worker.hpp"
#include "actors/registry.hpp"
#include "actors/storage_writer.hpp"
#include "storage/store.hpp"
#include "tests/support/direct_reader.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/scripted_tiktok.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace orderly::test {

class engine_fixture {
public:
  /// @param seed of the interleaving; 0 runs first come, first served
  explicit engine_fixture(std::uint64_t seed = 0);
  ~engine_fixture();

  /// Runs messages until none is left; timeouts stay armed.
  void drain();
  /// Moves both clocks, fires what is due, drains.
  void advance(std::chrono::milliseconds by);
  /// Ends every actor where it stands and starts anew on the same store.
  void restart();

  /// Posts an input and gives its answer's place, filled when it comes.
  std::shared_ptr<std::optional<answer>> post(input in);
  /// Posts, drains, and gives the answer; fails the test when there is none.
  answer ask(input in);

  input webhook(const std::string& order, const std::string& status, std::int64_t update_time);
  input command(const std::string& order, input_body body, const std::string& key = "");
  /// A detail as TikTok would send it, complete and clear from AWAITING_SHIPMENT on.
  json::object detail(const std::string& order, const std::string& status, std::int64_t update_time) const;
  /// Answers the oldest fetch with these.
  void answer_fetch(std::vector<json::object> orders);

  loaded_order stored(const std::string& order);
  std::vector<event> history(const std::string& order);

  static constexpr const char* shop_name = "7494049642642441621";
  manual_clock time;
  uuid_v7_source ids{time, 7};
  metrics measured;
  scripted_tiktok tiktok;
  temp_dir dir;
  std::unique_ptr<store> real;
  std::unique_ptr<fault_store> faults;
  std::unique_ptr<direct_reader> reader;
  policy rules;

  struct running; // the actor system and its handles
  std::unique_ptr<running> now;

private:
  void start();
  void stop();
  std::mt19937_64 random_;
  bool shuffled_;
};

struct engine_fixture::running {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  config settings;
  caf::actor_system system{settings};
  caf::scheduler::test_coordinator& scheduler;
  gateway orders;
  box_of<writer_actor> writer = std::make_shared<drop_box<writer_actor>>();
  fetcher_actor fetcher;
  box_of<outbox_actor> outbox = std::make_shared<drop_box<outbox_actor>>();
  std::vector<box_of<registry_actor>> shards;
  std::shared_ptr<drop_box<fetcher_actor>> fetcher_box = std::make_shared<drop_box<fetcher_actor>>();
  std::shared_ptr<std::atomic<bool>> healthy = std::make_shared<std::atomic<bool>>(true);

  explicit running(const clock& time)
      : scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())), orders(time) {}
};

} // namespace orderly::test
