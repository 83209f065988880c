// The bounds of the engine's own queues, each at its bound (docs/architecture.md, "Limits").

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"

#include <algorithm>

using namespace orderly;
using namespace orderly::test;

namespace {

constexpr std::int64_t t0 = 1789479000;

std::string number(int n) { return std::to_string(576461413038000000 + n); }

using places = std::vector<std::shared_ptr<std::optional<answer>>>;

std::ptrdiff_t answered(const places& all) {
  return std::count_if(all.begin(), all.end(), [](const auto& place) { return place->has_value(); });
}

} // namespace

TEST_CASE("an order takes at most 64 inputs into one unit; the rest makes the next ones") {
  engine_fixture f;
  f.reader->hold_loads();
  places all{f.post(f.webhook(number(1), "UNPAID", t0))};
  f.drain();
  for (int i = 1; i < 200; ++i)
    all.push_back(f.post(f.webhook(number(1), "UNPAID", t0 + i)));
  f.drain();
  f.reader->release();
  f.drain();
  CHECK(answered(all) == 200);
  std::vector<std::size_t> sizes;
  for (const auto& batch : f.faults->plan->batches)
    for (const auto& unit : batch)
      sizes.push_back(unit.inputs.size());
  CHECK(sizes == std::vector<std::size_t>{1, 64, 64, 64, 7});
}

TEST_CASE("a webhook for more than 64 orders is stored and answered before any of them is loaded, and decided soon") {
  engine_fixture f;
  const auto post_for = [&](int first, int orders) {
    delivery all;
    for (int n = 0; n < orders; ++n)
      all.inputs.push_back(f.webhook(number(first + n), "UNPAID", t0));
    auto got = std::make_shared<std::vector<answer>>();
    f.now->orders.post(std::move(all), [got](std::vector<answer> answers) { *got = std::move(answers); });
    f.drain();
    return got;
  };
  f.reader->hold_loads();
  const auto large = post_for(0, 65);
  REQUIRE(large->size() == 65);
  for (const auto& one : *large)
    CHECK((one.outcome == input_outcome::pending && !one.refusal));
  CHECK(f.pending().size() == 65);
  const auto small = post_for(1000, 64);
  CHECK(small->empty()); // its orders are being loaded
  f.reader->release();
  f.drain();
  CHECK(small->size() == 64);
  for (int i = 0; i < 8; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(f.sql("select count(*) from orders") == "129");
}

TEST_CASE("a transaction holds at most 500 units; the rest makes the next one") {
  engine_fixture f;
  places all;
  for (int n = 0; n < 1'200; ++n)
    all.push_back(f.post(f.webhook(number(n), "UNPAID", t0)));
  f.drain();
  CHECK(answered(all) == 1'200);
  std::size_t most = 0;
  for (const auto& batch : f.faults->plan->batches)
    most = std::max(most, batch.size());
  CHECK(most == 500);
}

TEST_CASE("at most so many rows of the outbox are worked on at a time; the rest stays in the outbox") {
  engine_options options;
  options.calls_in_flight = 3;
  engine_fixture f{0, options};
  for (int n = 0; n < 10; ++n)
    f.ask(f.webhook(number(n), "ON_HOLD", t0));
  for (int i = 0; i < 3; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(value_of(f.measured, "orderly_outbox_fetches_under_way") == 3);
  CHECK(f.sql("select count(*) from outbox where state = 'open' and lease_owner is null") == "7");
}

TEST_CASE("a call is under way until its order has answered for the outcome") {
  engine_options options;
  options.calls_in_flight = 1;
  engine_fixture f{0, options};
  for (int n = 0; n < 2; ++n)
    f.ask(f.webhook(number(n), "ON_HOLD", t0));
  REQUIRE(f.tiktok.fetches.size() == 1);
  f.reader->hold_loads(); // a detail is decided with the document loaded
  f.answer_fetch({f.detail(number(0), "ON_HOLD", t0)});
  f.advance(std::chrono::seconds{2});
  CHECK(f.tiktok.fetches.empty());
  CHECK(value_of(f.measured, "orderly_outbox_fetches_under_way") == 1);
  f.reader->release();
  f.drain();
  CHECK(f.tiktok.fetches.size() == 1);
}

TEST_CASE("at most 500 pending inputs are brought back at a time; the rest stays in the store") {
  engine_fixture f;
  f.reader->hold_loads();
  places all;
  for (int n = 0; n < 800; ++n)
    all.push_back(f.post(f.webhook(number(n), "UNPAID", t0)));
  f.drain();
  f.advance(std::chrono::milliseconds{2'300});
  REQUIRE(answered(all) == 800);
  f.restart();
  f.reader->hold_loads();
  for (int i = 0; i < 12; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(value_of(f.measured, "orderly_sweeper_under_way") == 500);
  f.reader->release();
  for (int i = 0; i < 5; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(value_of(f.measured, "orderly_sweeper_under_way") == 0);
  CHECK(f.sql("select count(*) from orders") == "800");
}
