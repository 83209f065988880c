#pragma once
// The engine's real actors on CAF's test scheduler, over a real SQLite store, with injected time: nothing happens but what
// drain() and advance() run, on this thread, in an order that the seed decides. restart() is a crash: the actors are gone, the
// store stays.

#include "actors/engine/assembly.hpp"
#include "net/tiktok/shop_table.hpp"
#include "storage/store.hpp"
#include "tests/support/direct_reads.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/scripted_tiktok.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace orderly::test {

class engine_fixture {
public:
  /// @param seed of the interleaving; 0 runs first come, first served
  /// @param given rules and name are the fixture's own
  explicit engine_fixture(std::uint64_t seed = 0, engine_options given = {});
  ~engine_fixture();

  /// Lets one actor handle a message. False: nobody has anything to do.
  bool step();
  /// Steps until nobody has; timeouts stay armed.
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

  /// Says to the registry that some engine has committed this version.
  void changed(const std::string& order, std::int64_t version);
  /// POST /actors/{id}/restart.
  result<restarted> restart_order(const std::string& order);
  /// POST /dead-letters/redrive.
  result<redrive_report> redrive(dead_letter_cause cause);

  loaded_order stored(const std::string& order);
  /// Keys of the inputs that are stored as `pending`, those of quarantined orders among them.
  std::vector<std::string> pending();
  std::vector<dead_letter_view> dead_letters();
  /// How often the newest input of the order was delivered.
  std::int64_t deliveries(const std::string& order);
  /// Changes or reads the database behind the engine's back; gives the first column of the first row, if any.
  std::string sql(const std::string& statement);
  /// The first column of each row.
  std::vector<std::string> rows_of(const std::string& statement);
  std::vector<event> history(const std::string& order);

  static constexpr const char* shop_name = "7494049642642441621";
  manual_clock time;
  uuid_v7_source ids{time, 7};
  metrics measured;
  scripted_tiktok tiktok;
  shop_table shops{{{shop_id{shop_name}, "US", "CIPHER", "TOKEN"}}}; ///< that are connected
  temp_dir dir;
  std::unique_ptr<store> real;
  std::unique_ptr<fault_store> faults;
  std::unique_ptr<direct_reads> reader;
  policy rules;
  engine_options settings;
  std::vector<std::string> failures; ///< what the engine said when it could not mend itself

  std::function<void()> each_step; ///< after each message, if set

  struct running; // the actor system and its handles
  std::unique_ptr<running> now;

private:
  void start();
  void stop();
  registry_actor shard_of_order(const std::string& order);
  std::mt19937_64 random_;
  bool shuffled_;
  int in_a_row_ = 0; ///< messages that one actor handled before any other
};

struct engine_fixture::running {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  assembly whole;
  gateway& orders = whole.orders;
  config settings;
  caf::actor_system system{settings};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  supervisor_actor supervisor;

  running(const engine_options& options, const engine_parts& parts, std::unique_ptr<change_feed> feed)
      : whole(options, parts, std::move(feed), blocking::scheduled) {}
};

} // namespace orderly::test
