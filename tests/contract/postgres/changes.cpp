// How an engine learns what the others committed.

#include "tests/contract/orders.hpp"
#include "tests/contract/postgres/second_engine.hpp"

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
  shell.execute("insert into order_events(order_id, seq, at, type, source, input_id, epoch) select id, " + std::to_string(seq) +
                ", now(), 'note', 'api', gen_random_uuid(), (select max(epoch) from feed_epochs) from orders where " +
                "tiktok_order_id = '" + order + "'");
}

/// As another engine would, for as long as what is returned is there.
std::shared_ptr<postgres_shell> open_event(store_under_test& db, const std::string& order, int seq) {
  auto shell = std::make_shared<postgres_shell>(url_of(db));
  shell->execute("begin");
  add_event_by_hand(*shell, order, seq);
  return shell;
}

std::size_t looks_at_events(std::string_view log) {
  std::size_t count = 0;
  for (auto at = log.find("execute changed_since"); at != std::string_view::npos; at = log.find("execute changed_since", at + 1))
    ++count;
  return count;
}

} // namespace

TEST_CASE("an embedded database has no other engines to tell about") {
  const auto db = fresh("sqlite");
  CHECK(db->store().open_changes().value() == nullptr);
}

TEST_CASE("the feed tells each order once, with its newest version, from the moment it was opened") {
  const auto db = fresh("postgresql");
  const other_writer writer{*db};
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
  const other_writer writer{*db};
  stored(*writer, "51");
  const auto feed = feed_of(*db);
  const auto slow = open_event(*db, "51", 2);
  stored(*writer, "52"); // a later transaction, committed earlier
  CHECK(told(*feed) == "52=1");
  CHECK(told(*feed) == "");
  slow->execute("commit");
  CHECK(told(*feed) == "51=2");
  CHECK(told(*feed) == "");
}

TEST_CASE("what is rolled back is never told") {
  const auto db = fresh("postgresql");
  const other_writer writer{*db};
  stored(*writer, "51");
  const auto feed = feed_of(*db);
  const auto doomed = open_event(*db, "51", 2);
  CHECK(told(*feed) == "");
  doomed->execute("rollback");
  CHECK(told(*feed) == "");
}

TEST_CASE("a commit of another engine ends the wait at once") {
  const auto db = fresh("postgresql");
  const auto feed = feed_of(*db);
  const other_writer writer{*db};
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
  stored(*other_writer{*db}, "51");
  std::this_thread::sleep_for(100ms);
  const auto feed = feed_of(*db);
  CHECK(told(*feed) == "");
  std::thread other{[&] {
    std::this_thread::sleep_for(100ms);
    postgres_shell shell{url_of(*db)};
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
  const auto feed = feed_of(*db);
  postgres_shell shell{postgres_url()};
  const std::string of_feed = "from pg_stat_activity where query ilike '%pg_current_snapshot%' and application_name = 'orderly'";
  shell.execute("select pg_terminate_backend(pid) " + of_feed);
  while (shell.scalar("select count(*) " + of_feed) != "0")
    std::this_thread::sleep_for(5ms);
  stored(*other_writer{*db}, "51"); // opened now: what opens a store asks for the snapshot too
  const auto broken = feed->wait(0ms);
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == error_code::storage_unavailable);
  CHECK(told(*feed) == "51=1");
}

TEST_CASE("a burst of commits is told with few notifications, and none of them within a transaction") {
  const auto db = fresh("postgresql");
  const other_writer writer{*db};
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

TEST_CASE("an engine is not told of its own commits, however far a look has to go back") {
  const auto db = fresh("postgresql");
  const auto own = db->writer();
  const other_writer other{*db};
  stored(*own, "51");
  const auto feed = feed_of(*db);
  const auto slow = open_event(*db, "51", 2); // from here on every look goes back to this
  std::vector<order_unit> batch{creation("53", "w:53"), creation("54", "w:54")};
  batch.front().inputs.push_back(batch.front().inputs.front()); // is refused, which the other one of the batch is not
  const auto told_to_us = own->commit(batch).value();
  CHECK(told_to_us[0].verdict == commit_verdict::refused);
  CHECK(told_to_us[1].verdict == commit_verdict::committed);
  stored(*other, "52");
  CHECK(told(*feed) == "52=1");
  for (int n = 55; n < 60; ++n) {
    stored(*own, std::to_string(n));
    CHECK(told(*feed) == "");
  }
  slow->execute("commit");
  CHECK(told(*feed) == "51=2");
}

TEST_CASE("numbers of transactions that a restored dump has brought are not taken for commits of now") {
  const auto db = fresh("postgresql");
  {
    const other_writer before{*db};
    stored(*before, "51");
  }
  db->execute("update order_events set xid = (xid::text::int8 + 1000000000)::text::xid8");
  db->execute("update feed_epochs set server = 'elsewhere' where epoch > 0");
  const other_writer writer{*db};
  const auto feed = feed_of(*db);
  CHECK(told(*feed) == "");
  stored(*writer, "52");
  CHECK(told(*feed) == "52=1");
}

TEST_CASE("ids ahead of the server's in the newest epoch are no commits of now either, look for look") {
  const auto db = fresh("postgresql");
  stored(*other_writer{*db}, "51");
  db->execute("update order_events set xid = (xid::text::int8 + 1000000000)::text::xid8");
  const other_writer writer{*db};
  const auto feed = feed_of(*db);
  CHECK(told(*feed) == "");
  stored(*writer, "52");
  CHECK(told(*feed) == "52=1");
  CHECK(told(*feed) == "");
}

TEST_CASE("an engine that is alone reads no events, and none is lost to it when another one comes") {
  const auto db = fresh("postgresql");
  const auto own = db->writer();
  const auto feed = feed_of(*db);
  const auto known = [&] { return db->scalar("select string_agg(name, ' ' order by name) from engines"); };
  const server_setting logged{"log_min_duration_statement", "0"};
  const auto reads = [&](std::chrono::milliseconds patience) {
    const auto before = server_log().size();
    CHECK(told(*feed, patience) == "");
    return looks_at_events(std::string_view{server_log()}.substr(before));
  };
  REQUIRE(becomes([&] { return reads(20ms) == 1; })); // as long as nobody has said who is there
  REQUIRE(own->claim({at(0), 10, "a", at(0) + 1h}).has_value());
  REQUIRE(becomes([&] { return reads(20ms) == 0; }));
  CHECK(known() == "a");
  for (int n = 51; n < 60; ++n) { // for much longer than it stays behind
    const auto began = std::chrono::steady_clock::now();
    stored(*own, std::to_string(n));
    CHECK(reads(300ms) == 0);
    CHECK(std::chrono::steady_clock::now() - began >= 300ms); // our own notification does not wake it
  }
  const other_writer other{*db};
  REQUIRE(other->claim({at(0), 10, "b", at(0) + 1h}).has_value());
  REQUIRE(becomes([&] { return known() == "a b"; }));
  stored(*other, "71");
  std::string heard;
  CHECK(becomes([&] { return !(heard = told(*feed, 100ms)).empty(); }));
  CHECK(heard == "71=1");
  stored(*other, "72");
  CHECK(becomes([&] { return !(heard = told(*feed, 1000ms)).empty(); }));
  CHECK(heard == "72=1");
}
