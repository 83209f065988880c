// The feed of commits on a server: transactions that end out of order, restores and failovers.

#include "tests/contract/orders.hpp"
#include "tests/contract/postgres/second_engine.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <set>
#include <sstream>

using namespace orderly;
using namespace orderly::test;

namespace {

/// Reads on from where it is.
class follower {
public:
  explicit follower(store_under_test& db) : reader_(db.reader()) {}

  /// What has come: "51/1 52/1", in its order.
  std::string hear() {
    std::string all;
    event_page page;
    do {
      page = reader_->events_after(at, 3).value();
      REQUIRE_FALSE(page.lost);
      for (const auto& one : page.events) {
        CHECK(at < one.at);
        at = one.at;
        all += (all.empty() ? "" : " ") + one.order.str() + "/" + std::to_string(one.what.seq);
      }
      CHECK(at == page.next);
    } while (!page.is_end);
    return all;
  }

  feed_position at;

private:
  std::unique_ptr<order_queries> reader_;
};

/// A transaction of another program.
class open_transaction {
public:
  explicit open_transaction(store_under_test& db) : shell_(std::make_unique<postgres_shell>(url_of(db))) {
    shell_->execute("begin");
  }
  void add_event(const std::string& order, int seq) {
    shell_->execute("insert into order_events(order_id, seq, at, type, source, input_id, epoch) select id, " +
                    std::to_string(seq) + ", now(), 'note', 'api', id, (select max(epoch) from feed_epochs) from orders" +
                    " where tiktok_order_id = '" + order + "'");
  }
  void end(const std::string& how) { shell_->execute(how); }

private:
  std::unique_ptr<postgres_shell> shell_;
};

std::string epochs(store_under_test& db) { return db.scalar("select max(epoch) from feed_epochs"); }

/// As after a restore or a failover: the server that the newest epoch knew is another one.
void comes_from_elsewhere(store_under_test& db) {
  db.execute("update feed_epochs set server = 'elsewhere' || epoch where epoch = (select max(epoch) from feed_epochs)");
  db.restart();
}

} // namespace

TEST_CASE("what a slow transaction writes comes before the commits that overtook it, and holds them back until then") {
  const std::string how = GENERATE("commit", "rollback");
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  follower from{*db};
  CHECK(from.hear() == "51/1");
  open_transaction slow{*db};
  slow.add_event("51", 2);
  stored(*writer, "52");
  CHECK(from.hear() == "");
  stored(*writer, "53");
  CHECK(from.hear() == "");
  CHECK(db->reader()->feed_end().value() == from.at);
  CHECK(db->reader()->events_after(from.at, 10).value().held_back); // whoever shows it must not call it current
  slow.end(how);
  CHECK(from.hear() == (how == "commit" ? "51/2 52/1 53/1" : "52/1 53/1"));
  CHECK(from.hear() == "");
  CHECK_FALSE(db->reader()->events_after(from.at, 10).value().held_back);
}

TEST_CASE("transactions that begin, commit and fail in any order lose and repeat nothing to whoever reads meanwhile") {
  std::mt19937_64 random{seed_of_run()};
  const auto db = fresh("postgresql");
  {
    const auto writer = db->writer();
    for (const auto* id : {"51", "52", "53", "54"})
      stored(*writer, id);
  }
  follower from{*db};
  from.hear();
  struct program {
    std::optional<open_transaction> now;
    std::string wrote;
  };
  std::array<program, 4> programs;
  std::set<std::string> committed, heard;
  const auto listen = [&] {
    std::istringstream words{from.hear()};
    for (std::string word; words >> word;)
      CHECK(heard.insert(word).second);
  };
  int seq = 1;
  const auto step = [&](std::size_t who) {
    auto& [now, wrote] = programs[who];
    if (!now) {
      const auto order = std::to_string(51 + who);
      now.emplace(*db);
      now->add_event(order, ++seq);
      wrote = order + "/" + std::to_string(seq);
      return;
    }
    const bool kept = random() % 4 > 0;
    now->end(kept ? "commit" : "rollback");
    now.reset();
    if (kept)
      committed.insert(wrote);
  };
  for (int n = 0; n < 120; ++n) {
    step(random() % programs.size());
    if (random() % 2)
      listen();
  }
  for (std::size_t who = 0; who < programs.size(); ++who)
    if (programs[who].now)
      step(who);
  listen();
  CHECK(committed.size() > 20);
  CHECK(heard == committed);
}

TEST_CASE("another server begins an epoch, behind the events of those before") {
  const auto db = fresh("postgresql");
  follower from{*db};
  stored(*db->writer(), "51");
  CHECK(from.hear() == "51/1");
  const auto old = from.at;
  const auto first = epochs(*db);
  comes_from_elsewhere(*db);
  {
    const auto writer = db->writer();
    stored(*writer, "52");
    CHECK(std::stoi(epochs(*db)) == std::stoi(first) + 1);
    db->execute("update order_events set xid = '3' where epoch = " + epochs(*db)); // that server has seen less
  }
  follower anew{*db}, resumed{*db};
  CHECK(anew.hear() == "51/1 52/1");
  CHECK(anew.at.epoch == old.epoch + 1);
  resumed.at = old;
  CHECK(resumed.hear() == "52/1");
  auto lost = old;
  lost.pos += 1;
  const auto page = db->reader()->events_after(lost, 10).value();
  CHECK(page.lost);
  CHECK(page.next == anew.at);
}

TEST_CASE("a restored dump's numbers of transactions, ahead of the server's, hold nothing back") {
  const auto db = fresh("postgresql");
  stored(*db->writer(), "51");
  db->execute("update order_events set xid = (xid::text::int8 + 1000000000)::text::xid8");
  comes_from_elsewhere(*db);
  stored(*db->writer(), "52");
  follower from{*db};
  CHECK(from.hear() == "51/1 52/1");
  stored(*db->writer(), "53");
  CHECK(from.hear() == "53/1");
  CHECK(db->reader()->feed_end().value() == from.at);
}

TEST_CASE(
    "rows that a dump brought into the tables that were there begin an epoch too, by ids that the server has not given out") {
  const auto db = fresh("postgresql");
  stored(*db->writer(), "51");
  const auto before = epochs(*db);
  db->execute("update order_events set xid = (xid::text::int8 + 1000000000)::text::xid8"); // of this very epoch
  db->restart();
  stored(*db->writer(), "52");
  CHECK(std::stoi(epochs(*db)) == std::stoi(before) + 1);
  follower from{*db};
  CHECK(from.hear() == "51/1 52/1");
  stored(*db->writer(), "53");
  CHECK(from.hear() == "53/1");
  CHECK(std::stoi(epochs(*db)) == std::stoi(before) + 1); // once
}

TEST_CASE("a server that had an epoch begins another one when rows of a later epoch come back to it") {
  const auto db = fresh("postgresql");
  stored(*db->writer(), "51");
  const auto first = std::stoi(epochs(*db));
  // What was copied to another server, served there, and read back here.
  db->execute("insert into feed_epochs(epoch, server) select max(epoch) + 1, 'elsewhere' from feed_epochs");
  db->execute("update order_events set epoch = epoch + 1");
  db->restart();
  stored(*db->writer(), "52");
  CHECK(std::stoi(epochs(*db)) == first + 2);
  follower from{*db};
  CHECK(from.hear() == "51/1 52/1");
}

TEST_CASE("an epoch begins once, with whichever engine comes first, and a restart begins none") {
  const auto db = fresh("postgresql");
  db->writer();
  const auto first = epochs(*db);
  db->restart();
  db->writer();
  CHECK(epochs(*db) == first);
  const auto other = another_engine_on(*db);
  comes_from_elsewhere(*db);
  std::array<bool, 6> fine{};
  std::vector<std::thread> engines;
  for (std::size_t n = 0; n < fine.size(); ++n)
    engines.emplace_back([&, n] { fine[n] = (n % 2 ? *other : db->store()).open_writer().has_value(); });
  for (auto& each : engines)
    each.join();
  CHECK(std::all_of(fine.begin(), fine.end(), [](bool ok) { return ok; }));
  CHECK(std::stoi(epochs(*db)) == std::stoi(first) + 1);
}

TEST_CASE("a user without rights over the server begins an epoch too") {
  const auto db = fresh("postgresql");
  const auto schema = db->scalar("select current_schema()");
  db->writer();
  const auto before = epochs(*db);
  db->execute("update feed_epochs set server = 'elsewhere' where epoch > 0");
  db->execute("create role plain login password 'plain' bypassrls; grant all on schema " + schema +
              " to plain; grant all on all tables in schema " + schema + " to plain");
  const auto url = as_role("plain", url_of(*db));
  const bool opened = open_store({.url = url, .data_dir = {}, .vfs = {}}).value()->open_writer().has_value();
  db->execute("drop owned by plain; drop role plain");
  CHECK(opened);
  CHECK(std::stoi(epochs(*db)) == std::stoi(before) + 1);
}
