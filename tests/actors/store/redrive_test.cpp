// Dead letters are handled again by cohort: one first, then the rest, stopping when they fail again.

#include "domain/order/delivery.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

constexpr std::int64_t t0 = 1789479000;

std::string number(int n) { return std::to_string(576461413038000000 + n); }

/// So many orders, each with a webhook that ended its actor twice.
void kill_twice(engine_fixture& f, int count) {
  for (int n = 0; n < count; ++n) {
    f.reader->throw_on_order(number(n));
    f.post(f.webhook(number(n), "UNPAID", t0));
    f.drain();
    f.advance(std::chrono::seconds{1}); // one after the other, so that they have an order
  }
  REQUIRE(f.dead_letters().size() == static_cast<std::size_t>(count));
}

} // namespace

TEST_CASE("a cohort is handled again and its letters are closed") {
  engine_fixture f;
  kill_twice(f, 45);
  f.reader->forgive_orders();
  const auto done = f.redrive(dead_letter_cause::killed_twice);
  REQUIRE(done.has_value());
  CHECK(done->redriven == 45);
  CHECK(done->failed == 0);
  CHECK(done->left == 0);
  CHECK(f.dead_letters().empty());
  CHECK(f.pending().empty());
  for (int n = 0; n < 45; ++n)
    CHECK(f.stored(number(n)).exists);
}

TEST_CASE("when the first one fails again the rest is left alone, and its letter counts one more death") {
  engine_fixture f;
  kill_twice(f, 5);
  const auto done = f.redrive(dead_letter_cause::killed_twice);
  REQUIRE(done.has_value());
  CHECK(done->redriven == 0);
  CHECK(done->failed == 1);
  CHECK(done->left == 4);
  CHECK_FALSE(done->why.empty());
  const auto letters = f.dead_letters();
  REQUIRE(letters.size() == 5);
  CHECK(letters.front().order.str() == number(0)); // its last death is the newest
  CHECK(letters.front().count == 2);
  CHECK_FALSE(letters.front().redriven_at);
}

TEST_CASE("of two that re-drive one cohort at once neither takes the other's first try for a success") {
  engine_fixture f;
  kill_twice(f, 25);
  std::vector<redrive_report> reports;
  for (int i = 0; i < 2; ++i)
    f.now->orders.redrive({.cause = dead_letter_cause::killed_twice, .limit = 100},
                          [&](const result<redrive_report>& done) { reports.push_back(done.value()); });
  f.drain();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].redriven + reports[1].redriven == 0);
  CHECK(reports[0].failed + reports[1].failed <= 2); // one each
  CHECK(f.dead_letters().size() == 25);
}

TEST_CASE("letters of another cause are left alone") {
  engine_fixture f;
  kill_twice(f, 2);
  f.reader->forgive_orders();
  const auto done = f.redrive(dead_letter_cause::shop_mismatch);
  REQUIRE(done.has_value());
  CHECK(done->redriven == 0);
  CHECK(f.dead_letters().size() == 2);
}

TEST_CASE("what a crash interrupts is pending and handled after the next start") {
  engine_fixture f;
  kill_twice(f, 1);
  f.reader->forgive_orders();
  f.reader->hold_loads();
  std::optional<result<redrive_report>> said;
  f.now->orders.redrive({.cause = dead_letter_cause::killed_twice, .limit = 10}, [&](const auto& done) { said = done; });
  f.drain();
  CHECK(f.pending().size() == 1);
  f.restart();
  REQUIRE(said.has_value()); // the asker is told, whatever happens
  CHECK_FALSE((said->has_value() && (*said)->redriven > 0));
  for (int i = 0; i < 7; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(f.dead_letters().empty());
  CHECK(f.stored(number(0)).exists);
}

TEST_CASE("a webhook whose letter is re-driven before its sender was answered is durable, and answered as pending") {
  engine_fixture f;
  f.reader->throw_on_loads(2);
  f.reader->hold_loads(); // what is stored of the buried webhook is read back late
  const auto sender = f.post(f.webhook(number(1), "UNPAID", t0));
  f.drain();
  REQUIRE(f.dead_letters().size() == 1);
  REQUIRE_FALSE(*sender);
  f.now->orders.redrive({.cause = dead_letter_cause::killed_twice, .limit = 10}, [](const auto&) {});
  f.drain();
  REQUIRE(f.pending().size() == 1);
  f.reader->release();
  f.drain();
  REQUIRE(*sender);
  CHECK((*sender)->outcome == input_outcome::pending);
  CHECK_FALSE((*sender)->refusal);
  CHECK(f.pending().empty());
  CHECK(f.dead_letters().empty());
  CHECK(f.stored(number(1)).exists);
}

TEST_CASE("an unparsable webhook stays a dead letter; one that names an order by now becomes its input") {
  engine_fixture f;
  const auto post_orderless = [&](const std::string& raw, dead_letter_cause cause) {
    auto one = delivery_of(parse_webhook(raw), std::make_shared<const std::string>(raw), f.time.now(), f.ids.next(), f.ids);
    one.inputs.resize(1);
    one.inputs.front().order = {}; // as a program that did not understand it would have stored it
    one.inputs.front().body = std::monostate{};
    one.dead = cause;
    std::optional<answer> got;
    f.now->orders.post(std::move(one), [&](const std::vector<answer>& answers) { got = answers.front(); });
    f.drain();
    REQUIRE(got);
    REQUIRE(got->outcome == input_outcome::dead);
  };
  post_orderless("not json", dead_letter_cause::unparsable);
  post_orderless(*f.webhook(number(1), "UNPAID", t0).raw, dead_letter_cause::no_order_id);

  const auto hopeless = f.redrive(dead_letter_cause::unparsable);
  REQUIRE(hopeless.has_value());
  CHECK(hopeless->failed == 1);
  const auto understood = f.redrive(dead_letter_cause::no_order_id);
  REQUIRE(understood.has_value());
  CHECK(understood->redriven == 1);
  CHECK(f.stored(number(1)).exists);
  const auto letters = f.dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters.front().cause == dead_letter_cause::unparsable);
  CHECK(letters.front().count == 2);
}

TEST_CASE("a letter of a mismatched shop is decided again, by an order that still remembers it too") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(number(1), "UNPAID", t0)).outcome == input_outcome::applied);
  auto stray = f.webhook(number(1), "ON_HOLD", t0 + 10);
  stray.shop = shop_id{"7494049649999999999"};
  REQUIRE(f.ask(stray).outcome == input_outcome::dead);
  REQUIRE(f.dead_letters().size() == 1);
  const auto done = f.redrive(dead_letter_cause::shop_mismatch);
  REQUIRE(done.has_value());
  CHECK(done->failed == 1); // nothing has changed
  CHECK(f.pending().empty());
  REQUIRE(f.dead_letters().size() == 1);
  CHECK(f.dead_letters().front().count == 2);
}
