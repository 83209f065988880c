// Orders leave memory when they are idle or when their place is needed, and come back with their next input.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

constexpr std::int64_t t0 = 1789479000;

std::string number(int n) { return std::to_string(576461413038000000 + n); }

/// One shard, so that the limit is exact.
engine_options few_places(std::size_t places) {
  engine_options options;
  options.workers = 1;
  options.max_residents = places;
  options.max_waiting = 3;
  return options;
}

double residents(engine_fixture& f) { return value_of(f.measured, "orderly_registry_residents"); }
double passivations(engine_fixture& f) { return value_of(f.measured, "orderly_registry_passivations_total"); }

} // namespace

TEST_CASE("an order that nothing happened to leaves memory and comes back with its next input") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(number(1), "UNPAID", t0)).outcome == input_outcome::applied);
  f.advance(std::chrono::minutes{4});
  REQUIRE(f.ask(f.webhook(number(2), "UNPAID", t0)).outcome == input_outcome::applied);
  CHECK(residents(f) == 2);
  f.advance(std::chrono::seconds{70});
  CHECK(residents(f) == 1);
  CHECK(passivations(f) == 1);
  const auto back = f.ask(f.webhook(number(1), "ON_HOLD", t0 + 10));
  CHECK(back.outcome == input_outcome::applied);
  CHECK(back.version == f.history(number(1)).back().seq);
}

TEST_CASE("each input counts as use: the order that was used longest ago leaves first") {
  engine_fixture f{0, few_places(2)};
  f.ask(f.webhook(number(1), "UNPAID", t0));
  f.ask(f.webhook(number(2), "UNPAID", t0));
  f.ask(f.webhook(number(1), "UNPAID", t0 + 1));
  const auto loads = [&] { return value_of(f.measured, "orderly_orders_loaded_total"); };
  f.ask(f.webhook(number(3), "UNPAID", t0));
  const auto before = loads();
  f.ask(f.webhook(number(1), "UNPAID", t0 + 2));
  CHECK(loads() == before);
  f.ask(f.webhook(number(2), "UNPAID", t0 + 2));
  CHECK(loads() == before + 1);
}

TEST_CASE("residents never exceed the limit, whoever comes in whatever order") {
  const auto seed = GENERATE(take(20, random(1, 1'000'000)));
  auto options = few_places(3);
  options.max_waiting = 12; // whoever there is
  engine_fixture f{static_cast<std::uint64_t>(seed), options};
  std::mt19937 pick{static_cast<unsigned>(seed)};
  std::vector<std::shared_ptr<std::optional<answer>>> answers;
  int refused = 0;
  f.each_step = [&] { REQUIRE(residents(f) <= 3); };
  for (int round = 0; round < 40; ++round) {
    for (int burst = 0; burst < 4; ++burst)
      answers.push_back(f.post(f.webhook(number(static_cast<int>(pick() % 12)), "UNPAID", t0 + round)));
    f.drain();
  }
  for (const auto& at : answers) {
    REQUIRE(at->has_value());
    refused += (*at)->refusal.has_value();
  }
  CHECK(refused == 0);
  CHECK(passivations(f) > 10);
}

TEST_CASE("at the limit with nobody idle an order waits; beyond the bound of that queue it is refused at once") {
  engine_fixture f{0, few_places(2)};
  f.reader->hold_loads();
  std::vector<std::shared_ptr<std::optional<answer>>> answers;
  for (int n = 0; n < 6; ++n)
    answers.push_back(f.post(f.webhook(number(n), "UNPAID", t0)));
  f.drain();
  for (int n = 0; n < 5; ++n)
    CHECK_FALSE(answers[n]->has_value());
  REQUIRE(answers[5]->has_value());
  CHECK((*answers[5])->refusal->code == error_code::overloaded);
  CHECK(value_of(f.measured, "orderly_registry_waiting_orders") == 3);
  f.reader->release();
  f.drain();
  for (int n = 0; n < 5; ++n) {
    REQUIRE(answers[n]->has_value());
    CHECK((*answers[n])->outcome == input_outcome::applied);
  }
  CHECK(value_of(f.measured, "orderly_registry_waiting_orders") == 0);
}

TEST_CASE("what comes while an order leaves is not lost: it brings the order back") {
  const auto seed = GENERATE(take(20, random(1, 1'000'000)));
  engine_fixture f{static_cast<std::uint64_t>(seed), few_places(1)};
  f.ask(f.webhook(number(1), "UNPAID", t0));
  const auto two = f.post(f.webhook(number(2), "UNPAID", t0)), one = f.post(f.webhook(number(1), "ON_HOLD", t0 + 5));
  f.drain();
  REQUIRE(two->has_value());
  REQUIRE(one->has_value());
  CHECK((*two)->outcome == input_outcome::applied);
  CHECK((*one)->outcome == input_outcome::applied);
  CHECK(f.stored(number(1)).order.version == (*one)->version);
}

TEST_CASE("an order that reads again when it is asked to leave says that it is busy and stays") {
  engine_fixture f{0, few_places(1)};
  f.ask(f.webhook(number(1), "UNPAID", t0));
  f.reader->hold_loads();
  f.changed(number(1), 99); // another engine has committed: it reads
  f.drain();
  const auto two = f.post(f.webhook(number(2), "UNPAID", t0));
  f.drain();
  CHECK(residents(f) == 1);
  CHECK_FALSE(two->has_value());
  f.reader->release();
  for (int i = 0; i < 3 && !two->has_value(); ++i)
    f.advance(std::chrono::seconds{1});
  REQUIRE(two->has_value());
  CHECK((*two)->outcome == input_outcome::applied);
}
