// Every message is counted for its kind, and how long it waited.
#include "actors/plumbing/handlers.hpp"
#include "actors/plumbing/tell.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

using hit = caf::atom_constant<caf::atom("hit")>;
using add = caf::atom_constant<caf::atom("add")>;
using again = caf::atom_constant<caf::atom("again")>;

using drum = caf::typed_actor<takes<hit, int>, answers_to<add, int, int>::with<int>, takes<again>>;

struct beats {
  int hits = 0, reminded = 0;
};

drum::behavior_type drum_behavior(drum::pointer self, beats* counted) {
  return handlers<drum>([counted](hit, const int& strength) { counted->hits += strength; },
                        [](add, int a, int b) { return a + b; },
                        [self, counted](again) {
                          if (++counted->reminded < 3)
                            remind(self, 10ms, again::value);
                        });
}

struct one_thread : caf::actor_system_config {
  one_thread() { set("scheduler.policy", caf::atom("testing")); }
};

struct stage {
  one_thread config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  beats counted;
  drum whom = system.spawn(drum_behavior, &counted);
  std::uint64_t sent = traffic_of<drum>.count_sent(), taken = traffic_of<drum>.count_taken();
};

} // namespace

TEST_CASE("A message that was told is counted when it is sent and when it is taken") {
  stage s;
  tell_from_outside(s.whom, hit::value, 2);
  tell_from_outside(s.whom, hit::value, 3);
  CHECK(traffic_of<drum>.count_sent() == s.sent + 2);
  CHECK(traffic_of<drum>.waiting() == 2);
  s.scheduler.run();
  CHECK(s.counted.hits == 5);
  CHECK(traffic_of<drum>.count_taken() == s.taken + 2);
  CHECK(traffic_of<drum>.waiting() == 0);
}

TEST_CASE("How long messages waited is summed up") {
  stage s;
  const auto before = traffic_of<drum>.waited();
  tell_from_outside(s.whom, hit::value, 1);
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < 2ms) {
  }
  s.scheduler.run();
  CHECK(traffic_of<drum>.waited() - before >= 2ms);
}

TEST_CASE("What is asked is answered as without a count") {
  stage s;
  int sum = 0;
  const auto asker = [&sum](caf::event_based_actor* self, const drum& whom) {
    ask(self, whom, add::value, 2, 5).then([&sum](int got) { sum = got; }, [](const caf::error&) {});
  };
  s.system.spawn(asker, s.whom); // CAF 0.17 reads a null pointer where a function gets no argument
  s.scheduler.run();
  CHECK(sum == 7);
  CHECK(traffic_of<drum>.count_taken() == s.taken + 1);
}

TEST_CASE("A reminder comes when it is due, and has not waited before that") {
  stage s;
  tell_from_outside(s.whom, again::value);
  s.scheduler.run();
  CHECK(s.counted.reminded == 1);
  CHECK(traffic_of<drum>.count_sent() == s.sent + 2);
  while (s.counted.reminded < 3) {
    s.scheduler.advance_time(10ms);
    s.scheduler.run();
  }
  CHECK(traffic_of<drum>.waiting() == 0);
}
