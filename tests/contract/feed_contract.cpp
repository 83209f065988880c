// The feed of commits: every event once, in one order, from whichever position.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/seed.hpp"

#include <map>
#include <random>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

event_page read(order_queries& from, const feed_position& at, std::size_t limit = 1000) {
  auto page = from.events_after(at, limit);
  if (!page)
    FAIL(to_string(page.error()));
  return *std::move(page);
}

/// To the end, in pages of that size.
std::vector<committed_event> read_all(order_queries& from, feed_position at, std::size_t limit) {
  std::vector<committed_event> all;
  for (;;) {
    auto page = read(from, at, limit);
    REQUIRE_FALSE(page.lost);
    REQUIRE(page.events.size() <= limit);
    REQUIRE((page.is_end || page.events.size() == limit));
    at = page.next;
    for (auto& one : page.events)
      all.push_back(std::move(one));
    if (page.is_end)
      return all;
  }
}

/// PostgreSQL gives out nothing that is newer than a transaction which is still open, in whichever database of the server, and
/// other tests have some on this one.
void wait_for_events(order_queries& from, const feed_position& at, std::size_t count) {
  for (int tries = 0; tries < 2000 && read_all(from, at, 1000).size() < count; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

feed_position end_of(order_queries& from) { return from.feed_end().value(); }

/// "51/1 51/2 52/1"
std::string shown(const std::vector<committed_event>& events) {
  std::string all;
  for (const auto& one : events)
    all += (all.empty() ? "" : " ") + one.order.str() + "/" + std::to_string(one.what.seq);
  return all;
}

/// Commits of one to six orders, new and old, with one to three events each; how many events.
std::size_t busy_day(store_writer& into, std::mt19937_64& random) {
  std::map<std::string, order> held;
  std::size_t events = 0;
  for (int round = 0; round < 40; ++round) {
    std::map<std::string, order_unit> batch;
    for (auto n = random() % 6 + 1; n > 0; --n) {
      const auto id = std::to_string(5100 + random() % 25);
      const auto key = "w:" + std::to_string(round) + ":" + id;
      batch.insert_or_assign(id, held.contains(id) ? next_step(held[id], key) : creation(id, key));
    }
    std::vector<order_unit> units;
    for (auto& [id, unit] : batch) {
      for (auto more = random() % 3; more > 0; --more)
        add_event(unit, event_type::note, {{"round", round}});
      held[id] = *unit.after;
      events += unit.events.size();
      units.push_back(std::move(unit));
    }
    for (const auto& told : into.commit(units).value())
      REQUIRE(told.verdict == commit_verdict::committed);
  }
  return events;
}

} // namespace

TEST_CASE("pages of any size bring every event once, in the order of positions, and each order's without a gap") {
  std::mt19937_64 random{seed_of_run()};
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto count = busy_day(*db->writer(), random);
  const auto reader = db->reader();
  wait_for_events(*reader, {}, count);
  const auto size = GENERATE(1u, 7u, 1000u);
  const auto all = read_all(*reader, {}, size);
  CHECK(all.size() == count);
  std::map<std::string, std::int64_t> last;
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].what.seq == ++last[all[i].order.str()]);
    CHECK(all[i].at.seq == all[i].what.seq);
    CHECK((i == 0 || all[i - 1].at < all[i].at));
  }
  CHECK(all.back().at == end_of(*reader));
}

TEST_CASE("whoever comes back with a position, as text, hears what is behind it") {
  std::mt19937_64 random{seed_of_run()};
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto count = busy_day(*db->writer(), random);
  const auto reader = db->reader();
  wait_for_events(*reader, {}, count);
  const auto all = read_all(*reader, {}, 1000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto at = feed_position_from(to_string(all[i].at));
    REQUIRE(at == all[i].at);
    const std::vector<committed_event> behind{all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end()};
    CHECK(shown(read_all(*reader, *at, 1000)) == shown(behind));
  }
}

TEST_CASE("an event of the feed is as it was committed") {
  const auto db = fresh(GENERATE(from_range(backends())));
  auto unit = creation("5764", "w:1", at(3));
  unit.events.front().detail = {{"big", 9007199254740993}, {"why", "ü\"\\"}};
  unit.events.front().actor = "anna";
  unit.events.front().to = order_state::received;
  REQUIRE(commit(*db->writer(), unit) == commit_verdict::committed);
  const auto reader = db->reader();
  wait_for_events(*reader, {}, 1);
  const auto page = read(*reader, {});
  REQUIRE(page.events.size() == 1);
  CHECK(page.events.front().what == unit.events.front());
  CHECK(page.events.front().order == unit.order);
  CHECK(page.events.front().at.order == unit.after->id);
}

TEST_CASE("whoever begins at the end hears what is committed from then on") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto begin = end_of(*reader); // of a database without events
  CHECK(read(*reader, begin).events.empty());
  const auto held = stored(*writer, "51");
  wait_for_events(*reader, begin, 1);
  CHECK(shown(read(*reader, begin).events) == "51/1");
  const auto now = end_of(*reader);
  const auto nothing = read(*reader, now);
  CHECK(nothing.events.empty());
  CHECK(nothing.is_end);
  CHECK(nothing.next == now);
  REQUIRE(commit(*writer, next_step(held, "w:2")) == commit_verdict::committed);
  stored(*writer, "52");
  wait_for_events(*reader, now, 2);
  CHECK(shown(read(*reader, now).events) == "51/2 52/1");
}

TEST_CASE("a position beyond the end is lost, and is told where to go on") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  wait_for_events(*reader, {}, 1);
  const auto end = end_of(*reader);
  auto beyond = end, another_epoch = end;
  beyond.pos += 1'000'000;
  another_epoch.epoch += 1;
  for (const auto& at : {beyond, another_epoch}) {
    const auto page = read(*reader, at);
    CHECK(page.lost);
    CHECK(page.events.empty());
    CHECK(page.next == end);
  }
  stored(*writer, "52");
  wait_for_events(*reader, end, 1);
  CHECK(shown(read(*reader, end).events) == "52/1");
}

TEST_CASE("a page of the feed has a thousand events at most, and one at least") {
  const auto db = fresh(GENERATE(from_range(backends())));
  auto unit = creation("51", "w:1");
  for (int n = 0; n < 1200; ++n)
    add_event(unit, event_type::note);
  REQUIRE(commit(*db->writer(), unit) == commit_verdict::committed);
  const auto reader = db->reader();
  wait_for_events(*reader, {}, 1201);
  CHECK(read(*reader, {}, 0).events.size() == 1);
  const auto first = read(*reader, {}, 1'000'000);
  CHECK(first.events.size() == 1000);
  CHECK_FALSE(first.is_end);
  CHECK(read(*reader, first.next, 1'000'000).events.size() == 201);
}
