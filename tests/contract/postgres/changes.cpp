// How an engine learns what the others committed.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<change_feed> feed_of(store_under_test& db) { return std::move(db.store().open_changes().value()); }

/// "51=1 52=3", sorted.
std::string told(change_feed& from, std::chrono::milliseconds patience = 0ms) {
  auto changes = from.wait(patience);
  if (!changes)
    return to_string(changes.error());
  std::sort(changes->begin(), changes->end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  std::string all;
  for (const auto& one : *changes)
    all += (all.empty() ? "" : " ") + one.order.str() + "=" + std::to_string(one.version);
  return all;
}

void add_event_by_hand(postgres_shell& shell, const std::string& order, int seq) {
  shell.execute("insert into order_events(order_id, seq, at, type, source, input_id) select id, " + std::to_string(seq) +
                ", now(), 'note', 'api', gen_random_uuid() from orders where tiktok_order_id = '" + order + "'");
}

} // namespace

TEST_CASE("an embedded database has no other engines to tell about") {
  const auto db = fresh("sqlite");
  CHECK(db->store().open_changes().value() == nullptr);
}

TEST_CASE("the feed tells each order once, with its newest version, from the moment it was opened") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  stored(*writer, "50");
  const auto feed = feed_of(*db);
  CHECK(told(*feed) == "");
  const auto one = stored(*writer, "51");
  stored(*writer, "52");
  REQUIRE(commit(*writer, next_step(one, "w:2")) == commit_verdict::committed);
  CHECK(told(*feed) == "51=2 52=1");
  CHECK(told(*feed) == "");
}

TEST_CASE("a transaction that began early and commits late is told when it commits, and holds nobody else back") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  const auto feed = feed_of(*db);
  const auto slow = db->open_write("insert into order_events(order_id, seq, at, type, source, input_id) "
                                   "select id, 2, now(), 'note', 'api', id from orders");
  stored(*writer, "52"); // a later transaction, committed earlier
  CHECK(told(*feed) == "52=1");
  CHECK(told(*feed) == "");
  std::static_pointer_cast<postgres_shell>(slow)->execute("commit");
  CHECK(told(*feed) == "51=2");
  CHECK(told(*feed) == "");
}

TEST_CASE("what is rolled back is never told") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  stored(*writer, "51");
  const auto feed = feed_of(*db);
  const auto doomed = db->open_write("insert into order_events(order_id, seq, at, type, source, input_id) "
                                     "select id, 2, now(), 'note', 'api', id from orders");
  CHECK(told(*feed) == "");
  std::static_pointer_cast<postgres_shell>(doomed)->execute("rollback");
  CHECK(told(*feed) == "");
}

TEST_CASE("a commit of another engine ends the wait at once") {
  const auto db = fresh("postgresql");
  const auto feed = feed_of(*db);
  const auto writer = db->writer();
  bool at_once = false;
  for (int n = 51; n < 61 && !at_once; ++n) { // one that the machine did not delay is enough
    const auto name = std::to_string(n);
    std::chrono::steady_clock::time_point committed;
    std::thread other{[&] {
      std::this_thread::sleep_for(150ms); // by then the feed waits
      stored(*writer, name);
      committed = std::chrono::steady_clock::now();
    }};
    std::string heard;
    while (heard.empty())
      heard = told(*feed, 1000ms);
    const auto took = std::chrono::steady_clock::now();
    other.join();
    CHECK(heard == name + "=1");
    at_once = took - committed < 500ms; // well within the second after which it would have looked anyway
  }
  CHECK(at_once);
}

TEST_CASE("a commit whose hint is lost is found a second later at the latest") {
  const auto db = fresh("postgresql");
  stored(*db->writer(), "51");
  std::this_thread::sleep_for(100ms);
  const auto feed = feed_of(*db);
  CHECK(told(*feed) == "");
  const auto schema = db->scalar("select current_schema()");
  std::thread other{[&] {
    std::this_thread::sleep_for(100ms);
    postgres_shell shell{postgres_url()};
    shell.execute("set search_path = " + schema);
    add_event_by_hand(shell, "51", 2); // tells nobody
  }};
  const auto began = std::chrono::steady_clock::now();
  std::string heard;
  while (heard.empty() && std::chrono::steady_clock::now() - began < 50s)
    heard = told(*feed, 60'000ms); // more patience than it will use
  other.join();
  CHECK(heard == "51=2");
  CHECK(std::chrono::steady_clock::now() - began < 20s); // a stalled machine's second, but not that patience
}

TEST_CASE("a feed whose connection breaks says so and goes on where it was") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto feed = feed_of(*db);
  postgres_shell shell{postgres_url()};
  const std::string of_feed = "from pg_stat_activity where query ilike '%pg_current_snapshot%' and application_name = 'orderly'";
  shell.execute("select pg_terminate_backend(pid) " + of_feed);
  while (shell.scalar("select count(*) " + of_feed) != "0")
    std::this_thread::sleep_for(5ms);
  stored(*writer, "51");
  const auto broken = feed->wait(0ms);
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == error_code::storage_unavailable);
  CHECK(told(*feed) == "51=1");
}

TEST_CASE("a burst of commits is told with few notifications, and none of them within a transaction") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  postgres_shell listener{postgres_url()};
  listener.execute("listen orderly_changes");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i)
    stored(*writer, std::to_string(5100 + i));
  std::this_thread::sleep_for(100ms); // the last one
  int heard = 0;
  while (heard == 0)
    heard = listener.notifications();
  CHECK(heard <= 2 + (std::chrono::steady_clock::now() - began) / 20ms);
}
