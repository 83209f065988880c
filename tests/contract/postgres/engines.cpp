// Several engines on one database: whose leases end when an engine does, and whose do not.

#include "storage/postgres/liveness.hpp"
#include "tests/contract/orders.hpp"
#include "tests/contract/postgres/second_engine.hpp"

#include <chrono>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

constexpr int enough = postgres::liveness::looks_until_gone;
constexpr auto count_of_presences =
    "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted";
constexpr auto presences = "from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted";

std::unique_ptr<postgres::liveness> caller_at(const std::string& url) {
  return std::make_unique<postgres::liveness>(postgres::database_from(url).value());
}
std::unique_ptr<postgres::liveness> caller_on(store_under_test& db) { return caller_at(url_of(db)); }

void look(postgres::liveness& from, std::vector<std::string> engines, int times = 1) {
  for (int i = 0; i < times; ++i)
    if (const auto looked = from.look(engines); !looked)
      FAIL(to_string(looked.error()));
}

/// An order with a promise that is due.
void promise_of(store_under_test& db, const std::string& order, promise_kind kind = promise_kind::fetch_detail) {
  auto unit = creation(order, "w:" + order);
  unit.promises.emplace_back().kind = kind;
  unit.promises.back().due_at = at(0);
  REQUIRE(commit(*db.writer(), unit) == commit_verdict::committed);
}
/// As the engine `a` does, for ever.
void leased_by_a(store_under_test& db) {
  promise_of(db, "51");
  db.execute("update outbox set lease_owner = 'a', lease_until = 'infinity', attempts = 1");
}
std::string leased(store_under_test& db) {
  return db.scalar("select count(*) from outbox where lease_owner = 'a' and lease_until is not null");
}
std::string known_engines(store_under_test& db) { return db.scalar("select string_agg(name, ' ' order by name) from engines"); }

} // namespace

TEST_CASE("what an engine had leased belongs to the others within seconds of its end, long before its time") {
  const auto db = fresh("postgresql");
  const shop one{shop_id{"7495"}, "US", "C1", ""};
  REQUIRE(db->writer()->upsert_shops({&one, 1}).has_value());
  promise_of(*db, "51");
  const auto hour = at(0) + 1h;
  auto ends = another_engine_on(*db);
  {
    const auto writer = std::move(ends->open_writer().value());
    REQUIRE(writer->claim({at(0), 10, "a", hour}).value().rows.size() == 1);
    REQUIRE(writer->hold_shop({shop_id{"7495"}, "a", at(0), hour}).value());
  }
  const auto writer = db->writer();
  REQUIRE(writer->claim({at(1), 10, "b", hour}).value().rows.empty());
  REQUIRE_FALSE(writer->hold_shop({shop_id{"7495"}, "b", at(1), hour}).value());
  REQUIRE(becomes([&] { return known_engines(*db) == "a b"; }));
  ends.reset();
  std::vector<outbox_row> taken;
  REQUIRE(becomes([&] {
    taken = writer->claim({at(1), 10, "b", hour}).value().rows;
    return !taken.empty();
  }));
  CHECK(taken.front().attempt == 2); // so the order is read before the call is made again
  CHECK(becomes([&] { return writer->hold_shop({shop_id{"7495"}, "b", at(1), hour}).value(); }));
  CHECK(becomes([&] { return known_engines(*db) == "b"; }));
}

TEST_CASE("an engine whose connection the server ends, again and again, keeps what it leased") {
  const auto db = fresh("postgresql");
  promise_of(*db, "51");
  REQUIRE(db->writer()->claim({at(0), 10, "a", at(0) + 1h}).value().rows.size() == 1);
  const auto holder = [&] { return db->scalar("select pid " + std::string{presences}); };
  REQUIRE(becomes([&] { return known_engines(*db) == "a"; }));
  const auto other = caller_on(*db);
  for (int i = 0; i < 3; ++i) {
    const auto broken = holder();
    db->execute("select pg_terminate_backend(" + broken + ")");
    look(*other, {}, enough - 1);
    CHECK(becomes([&] { return !holder().empty() && holder() != broken; }));
    look(*other, {});
  }
  CHECK(leased(*db) == "1");
}

TEST_CASE("an engine is gone after it has been missing for so many looks running, not earlier") {
  const auto db = fresh("postgresql");
  leased_by_a(*db);
  auto ends = caller_on(*db);
  look(*ends, {"a"});
  const auto other = caller_on(*db);
  look(*other, {"b"}, 2 * enough);
  CHECK(leased(*db) == "1");
  ends.reset();
  REQUIRE(becomes([&] { return db->scalar(count_of_presences) == "1"; }));
  look(*other, {"b"}, enough - 1);
  CHECK(leased(*db) == "1");
  auto back = caller_on(*db);
  look(*back, {"a"});
  look(*other, {"b"});
  back.reset();
  REQUIRE(becomes([&] { return db->scalar(count_of_presences) == "1"; }));
  look(*other, {"b"}, enough - 1);
  CHECK(leased(*db) == "1");
  look(*other, {"b"});
  CHECK(leased(*db) == "0");
  CHECK(known_engines(*db) == "b");
}

TEST_CASE("on a server that never saw an engine its leases last their time: a failover ends nobody's") {
  const auto db = fresh("postgresql");
  leased_by_a(*db);
  db->execute("insert into engines(name, server) values ('a', now() - interval '1 year')");
  const auto other = caller_on(*db);
  look(*other, {"b"}, 3 * enough);
  CHECK(leased(*db) == "1");
  CHECK(known_engines(*db) == "b"); // it says so again if it lives
}

TEST_CASE("whoever lost its own connection counts from the beginning: others may have lost theirs too") {
  const auto db = fresh("postgresql");
  leased_by_a(*db);
  db->execute("insert into engines(name, server) values ('a', pg_postmaster_start_time())");
  const auto other = caller_on(*db);
  look(*other, {"b"}, enough - 1);
  db->execute(std::string{"select pg_terminate_backend(pid) "} + presences);
  REQUIRE_FALSE(other->look(std::vector<std::string>{"b"}).has_value());
  look(*other, {"b"}, enough - 1);
  CHECK(leased(*db) == "1");
  look(*other, {"b"});
  CHECK(leased(*db) == "0");
  CHECK(db->scalar(count_of_presences) == "1");
}

TEST_CASE("a withdrawn call that a dead engine had under way holds the next write back for its time") {
  const auto db = fresh("postgresql");
  leased_by_a(*db);
  db->execute("insert into engines(name, server) values ('a', pg_postmaster_start_time())");
  db->execute("update outbox set state = 'withdrawn'");
  const auto other = caller_on(*db);
  look(*other, {"b"}, enough);
  CHECK(leased(*db) == "1");
  CHECK(known_engines(*db) == "b");
}

TEST_CASE("a lease that somebody is just writing is not waited for, and ends with a later look") {
  const auto db = fresh("postgresql");
  leased_by_a(*db);
  db->execute("insert into engines(name, server) values ('a', pg_postmaster_start_time())");
  const auto other = caller_on(*db);
  const auto busy = db->open_write("update outbox set payload = payload");
  look(*other, {"b"}, enough + 1);
  CHECK(leased(*db) == "1");
  std::static_pointer_cast<postgres_shell>(busy)->execute("rollback");
  look(*other, {"b"});
  CHECK(leased(*db) == "0");
  CHECK(known_engines(*db) == "b");
}

TEST_CASE("an engine is alone until another one is announced, and again once that one is gone") {
  const auto db = fresh("postgresql");
  const auto first = caller_on(*db);
  CHECK_FALSE(first->is_alone()); // not known yet
  look(*first, {});
  CHECK_FALSE(first->is_alone()); // others cannot see it
  look(*first, {"a"});
  CHECK(first->is_alone());
  auto second = caller_on(*db);
  look(*second, {"b"});
  look(*first, {"a"});
  CHECK_FALSE(first->is_alone());
  second.reset();
  REQUIRE(becomes([&] { return db->scalar(count_of_presences) == "1"; }));
  look(*first, {"a"}, enough);
  CHECK_FALSE(first->is_alone());
  look(*first, {"a"});
  CHECK(first->is_alone());
  db->execute(std::string{"select pg_terminate_backend(pid) "} + presences);
  REQUIRE_FALSE(first->look(std::vector<std::string>{"a"}).has_value());
  CHECK_FALSE(first->is_alone());
}

TEST_CASE("where nobody could see an engine's lock nobody waits for it to vanish") {
  const auto db = fresh("postgresql");
  // As on a server whose advisory locks are a pretence.
  db->execute("create function pg_try_advisory_lock_shared(bigint) returns bool language sql as 'select true'");
  auto url = url_of(*db) + "%2Cpg_catalog";
  leased_by_a(*db);
  auto lives = caller_at(url);
  look(*lives, {"a"});
  const auto other = caller_at(url);
  look(*other, {"b"}, 2 * enough);
  CHECK(leased(*db) == "1");
  CHECK_FALSE(other->is_alone());
}

TEST_CASE("an engine behind a pooler in session mode is missed when it ends") {
  const auto url = start_pooler("session");
  REQUIRE(open_store({.url = url, .data_dir = {}, .vfs = {}}).has_value());
  auto ends = caller_at(url);
  look(*ends, {"a"});
  const auto other = caller_at(postgres_url());
  look(*other, {"b"}, 2 * enough);
  postgres_shell shell{postgres_url()};
  CHECK(shell.scalar("select count(*) from engines") == "2");
  ends.reset();
  CHECK(becomes([&] { return shell.scalar(count_of_presences) == "1"; }));
  look(*other, {"b"}, enough);
  CHECK(shell.scalar("select string_agg(name, ' ') from engines") == "b");
}
