#pragma once
// One seed from its beginning to its end: a storm of orders, people and faults; then everything heals, and once nothing moves any
// more the auditor looks at what is left. Stops at the first rule that is broken.

#include "tests/sim/auditor.hpp"
#include "tests/sim/engine_host.hpp"
#include "tests/sim/fake_tiktok.hpp"
#include "tests/sim/front_door.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/memory_store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderly::sim {

class world {
public:
  /// @param keep_journal also of every message that is handled, or only of what reaches or leaves an engine
  explicit world(const plan& with, bool keep_journal = false, bool every_message = false);

  void play();

  [[nodiscard]] const stage& told() const { return on_; }
  /// How often things happened that a simulation is about, by name.
  [[nodiscard]] const std::map<std::string, double>& seen() const { return seen_; }

private:
  struct engine_seat { ///< an engine, or the wait for its next process
    std::unique_ptr<engine_host> host;
    int lives = 0;
    int returns_in = 0; ///< turns
  };

  // world.cpp: the storm
  void turn();
  void run_messages();
  engine_host::job next_of(const std::vector<engine_host::job>& jobs);
  void pass_time();
  void post_webhook();
  void post_command();
  void strike();
  void operate(engine_host& at);
  [[nodiscard]] bool is_quarantined(const std::string& order) const;
  void redrive(engine_host& at, dead_letter_cause cause, std::size_t limit);
  void start(std::size_t which);
  void take_down(std::size_t which);
  void look_after_engines();
  engine_host* any_engine();

  // world_end.cpp: the calm after it
  void heal();
  void lift_quarantines();
  void put_engines_up();
  void settle();
  bool has_more_to_do() const;
  bool step_in_calm();
  [[nodiscard]] bool is_due(const orderly::test::memory_promise& p) const;
  bool is_quiet(std::string& why) const;
  void next_moment();
  void check_idle_engines();
  void stop_engines();

  void send(fake_tiktok::push& what, engine_host& to);
  void send(const std::shared_ptr<wish>& what, engine_host& to);
  void advance(std::chrono::milliseconds by);
  void after_message(const engine_host& host);
  void count(const engine_host& host);

  stage on_;
  orderly::test::memory_store store_;
  policy rules_;
  fake_tiktok tiktok_;
  people persons_;
  front_door door_;
  auditor auditor_;
  std::vector<engine_seat> seats_;
  std::map<std::string, double> seen_;
  std::uint64_t favour_ = 0; ///< who runs first just now
  int messages_at_once_ = 0; ///< in the calm, since time last passed
};

} // namespace orderly::sim
