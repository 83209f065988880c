// The sweeper at its own pace: what it leaves alone, how fast it reads, what it counts.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t t0 = 1789479000;
const std::string id = "576461413038785752";

double swept(engine_fixture& f) { return value_of(f.measured, "orderly_sweeper_swept_total"); }
double quarantined(engine_fixture& f) { return value_of(f.measured, "orderly_quarantined_orders"); }

/// An order in quarantine, as the engine finds it at its start, with so many webhooks that wait for it.
void quarantine(engine_fixture& f, int webhooks) {
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.sql("insert into order_attention(order_id, kind, since, detail) select id, 'quarantined', 0, '{}' from orders");
  f.restart();
  for (int i = 1; i <= webhooks; ++i)
    REQUIRE(f.ask(f.webhook(id, i == webhooks ? "ON_HOLD" : "UNPAID", t0 + i)).outcome == input_outcome::pending);
}

/// Webhooks of so many orders that are stored as pending, with nobody who has them in hand.
void leave_pending(engine_fixture& f, int orders) {
  f.reader->hold_loads();
  std::vector<std::shared_ptr<std::optional<answer>>> all;
  for (int n = 0; n < orders; ++n)
    all.push_back(f.post(f.webhook(std::to_string(576461413038000000 + n), "UNPAID", t0)));
  f.drain();
  f.advance(milliseconds{2'300});
  for (const auto& each : all)
    REQUIRE(each->has_value());
  f.restart();
}

} // namespace

TEST_CASE("what waits for a quarantined order is not brought back over and over, and a restart brings it at once") {
  engine_fixture f;
  quarantine(f, 150); // more than a page
  for (int i = 0; i < 60; ++i)
    f.advance(seconds{1});
  CHECK(swept(f) == 0);
  CHECK(f.pending().size() == 150);
  REQUIRE(f.restart_order(id)->known);
  CHECK(swept(f) == 100); // without waiting for the next round
  f.advance(seconds{1});
  CHECK(swept(f) == 150);
  CHECK(f.pending().empty());
  CHECK(f.stored(id).order.facts.status->status == tiktok_status::on_hold);
}

TEST_CASE("what waits for a quarantined order stands in nobody else's way") {
  engine_fixture f;
  quarantine(f, 150);
  f.reader->fail_loads(1);
  const std::string other = "576461413038785753";
  REQUIRE(f.ask(f.webhook(other, "UNPAID", t0)).outcome == input_outcome::pending);
  for (int i = 0; i < 7; ++i)
    f.advance(seconds{1});
  CHECK(f.stored(other).exists);
  CHECK(f.pending().size() == 150);
}

TEST_CASE("between two pages the sweeper rests") {
  engine_fixture f;
  leave_pending(f, 250);
  f.advance(seconds{4}); // one tick, and all of them are old enough
  CHECK(swept(f) == 100);
  f.advance(milliseconds{50});
  CHECK(swept(f) == 100);
  f.advance(milliseconds{50});
  CHECK(swept(f) == 200);
  f.advance(milliseconds{100});
  CHECK(swept(f) == 250);
  CHECK(f.pending().empty());
}

TEST_CASE("with nothing to do the sweeper reads once a second") {
  engine_fixture f;
  const auto before = f.reader->pages;
  for (int i = 0; i < 100; ++i)
    f.advance(milliseconds{100});
  CHECK(f.reader->pages - before == 20); // a page of pending inputs, and the number of quarantines
}

TEST_CASE("the number of quarantined orders is right from the start on, whoever quarantines and lifts") {
  engine_fixture f;
  CHECK(quarantined(f) == 0);
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.sql("insert into order_attention(order_id, kind, since, detail) select id, 'quarantined', 0, '{}' from orders");
  f.restart();
  CHECK(quarantined(f) == 1);                                               // nobody has asked for that order
  f.sql("update order_attention set until = 1 where kind = 'quarantined'"); // another engine
  f.advance(seconds{1});
  CHECK(quarantined(f) == 0);
}
