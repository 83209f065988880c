// Promises: how commits change them, and who may claim which when.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

promise_change promise(promise_kind kind, std::string ref, promise_state state, timestamp due = at(0)) {
  promise_change change;
  change.kind = kind;
  change.ref = std::move(ref);
  change.state = state;
  change.due_at = due;
  return change;
}
promise_change fetch(promise_state state, timestamp due = at(0)) { return promise(promise_kind::fetch_detail, "", state, due); }
promise_change ship(std::string ref, promise_state state, timestamp due = at(0)) {
  return promise(promise_kind::mark_shipped, std::move(ref), state, due);
}

/// Commits the changes on top of `held`, which moves on.
void promised(store_writer& into, order& held, std::vector<promise_change> changes) {
  auto unit = next_step(held, "w:" + to_string(next_id()));
  unit.promises = std::move(changes);
  REQUIRE(commit(into, unit) == commit_verdict::committed);
  held = *unit.after;
}

claimed_rows claim(store_writer& from, timestamp now, std::size_t limit = 100) {
  auto claimed = from.claim({now, limit, "engine-1", now + std::chrono::seconds{30}});
  if (!claimed)
    FAIL(to_string(claimed.error()));
  return *std::move(claimed);
}

} // namespace

TEST_CASE("a promise that is due is claimed with everything its call needs") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto unit = creation("5764", "w:1");
  unit.after->facts.shop = shop_id{"7495"};
  auto change = ship("0199", promise_state::open, at(10));
  change.payload = json::object{{"tracking_number", "1Z999"}, {"big", 9007199254740993}};
  unit.promises = {change};
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  CHECK(claim(*writer, at(9)).rows.empty());
  const auto claimed = claim(*writer, at(10));
  REQUIRE(claimed.rows.size() == 1);
  const auto& row = claimed.rows.front();
  CHECK(row.id > 0);
  CHECK(row.order == unit.after->id);
  CHECK(row.tiktok_order == tiktok_order_id{"5764"});
  CHECK(row.shop == shop_id{"7495"});
  CHECK(row.kind == promise_kind::mark_shipped);
  CHECK(row.ref == "0199");
  CHECK(row.payload == change.payload);
  CHECK(row.attempt == 1);
  CHECK(row.due_at == at(10));
}

TEST_CASE("a claimed promise is nobody else's until its lease ends, and then counts an attempt more") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto one = db->writer(), other = db->writer();
  auto held = stored(*one, "5764");
  promised(*one, held, {fetch(promise_state::open)});
  REQUIRE(claim(*one, at(0)).rows.size() == 1);
  CHECK(claim(*other, at(0)).rows.empty());
  CHECK(claim(*other, at(29'999'999)).rows.empty());
  const auto again = claim(*other, at(30'000'000));
  REQUIRE(again.rows.size() == 1);
  CHECK(again.rows.front().attempt == 2);
}

TEST_CASE("opening a promise that is open changes it and keeps its payload unless a new one comes") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  auto first = ship("a", promise_state::open, at(100));
  first.payload = {{"tracking_number", "1"}};
  promised(*writer, held, {first});
  promised(*writer, held, {ship("a", promise_state::open, at(50))});
  auto rows = claim(*writer, at(50)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().payload == first.payload);
  auto second = ship("a", promise_state::open, at(60));
  second.payload = {{"tracking_number", "2"}};
  promised(*writer, held, {second});
  rows = claim(*writer, at(60)).rows;
  REQUIRE(rows.size() == 1); // the change freed the lease
  CHECK(rows.front().payload == second.payload);
  CHECK(db->scalar("select count(*) from outbox") == "1");
}

TEST_CASE("opening with keep_lease does not start a second call beside the first") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {fetch(promise_state::open)});
  REQUIRE(claim(*writer, at(0)).rows.size() == 1);
  auto hint = fetch(promise_state::open, at(5));
  hint.keep_lease = true;
  promised(*writer, held, {hint});
  CHECK(claim(*writer, at(5)).rows.empty());
  promised(*writer, held, {fetch(promise_state::open, at(6))});
  CHECK(claim(*writer, at(6)).rows.size() == 1);
}

TEST_CASE("the outcome of a call changes nothing of a promise that was claimed again since") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto one = db->writer(), other = db->writer();
  auto held = stored(*one, "5764");
  promised(*one, held, {ship("a", promise_state::open)});
  REQUIRE(claim(*one, at(0)).rows.size() == 1);
  REQUIRE(claim(*other, at(30'000'000)).rows.size() == 1);
  const auto row = [&] { return db->scalar("select state || ' ' || lease_owner || ' ' || attempts from outbox"); };
  const auto lease = [&] { return db->scalar("select lease_until from outbox"); };
  const auto due = [&] { return db->scalar("select due_at from outbox"); };
  const auto row_before = row(), lease_before = lease(), due_before = due();
  const auto late = GENERATE(promise_state::open, promise_state::waiting);
  for (const bool keep_lease : {false, true}) {
    auto change = ship("a", late, at(31'000'000));
    change.attempt = 1;
    change.keep_lease = keep_lease;
    change.last_error = "late";
    change.payload = {{"tracking_number", "late"}};
    promised(*one, held, {change});
    CHECK(row() == row_before);
    CHECK(lease() == lease_before);
    CHECK(due() == due_before);
    CHECK(db->scalar("select count(*) from outbox where last_error is null") == "1");
  }
  CHECK(claim(*one, at(31'000'000)).rows.empty());
  auto change = ship("a", promise_state::open, at(32'000'000));
  change.attempt = 2;
  promised(*other, held, {change});
  const auto again = claim(*one, at(32'000'000)).rows;
  REQUIRE(again.size() == 1);
  CHECK(again.front().attempt == 3);
  CHECK(again.front().payload.empty());
}

TEST_CASE("settling closes the unsettled promise and does nothing when there is none") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {fetch(promise_state::done)});
  CHECK(db->scalar("select count(*) from outbox") == "0");
  for (const auto how : {promise_state::done, promise_state::failed, promise_state::withdrawn}) {
    promised(*writer, held, {fetch(promise_state::open)});
    REQUIRE(claim(*writer, at(0)).rows.size() == 1);
    auto change = fetch(how);
    change.last_error = "why";
    promised(*writer, held, {change});
    CHECK(claim(*writer, at(60'000'000)).rows.empty());
    const auto state = std::string{name_of(how)};
    CHECK(db->scalar("select count(*) from outbox where last_error = 'why' and state = '" + state + "'") == "1");
  }
  CHECK(db->scalar("select count(*) from outbox") == "3"); // a settled row is history; the next promise is a row of its own
}

TEST_CASE("the changes of one unit are applied in their order") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {fetch(promise_state::open), fetch(promise_state::done), fetch(promise_state::open)});
  CHECK(db->scalar("select count(*) from outbox where state = 'done'") == "1");
  CHECK(db->scalar("select count(*) from outbox where state = 'open'") == "1");
}

TEST_CASE("writes of one order are claimed one at a time, in the order of their ids") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764"), neighbour = stored(*writer, "5765");
  promised(*writer, held, {ship("a", promise_state::open, at(9)), ship("b", promise_state::open, at(1))});
  promised(*writer, neighbour, {ship("c", promise_state::open, at(2))});
  auto rows = claim(*writer, at(5)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().ref == "c"); // `b` is due, but `a` comes before it
  rows = claim(*writer, at(9)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().ref == "a");
  CHECK(claim(*writer, at(10)).rows.empty());
  promised(*writer, held, {ship("a", promise_state::failed)});
  rows = claim(*writer, at(11)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().ref == "b");
}

TEST_CASE("a waiting write is not claimed and holds back those behind it, until it is opened") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {ship("a", promise_state::waiting), ship("b", promise_state::open)});
  CHECK(claim(*writer, at(60)).rows.empty());
  promised(*writer, held, {ship("a", promise_state::open, at(61))});
  const auto rows = claim(*writer, at(61)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().ref == "a");
}

TEST_CASE("writes of an order on hold wait, its reads do not") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  held.held = true;
  promised(*writer, held, {ship("a", promise_state::open), fetch(promise_state::open)});
  const auto rows = claim(*writer, at(1)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().kind == promise_kind::fetch_detail);
  held.held = false;
  promised(*writer, held, {});
  REQUIRE(claim(*writer, at(2)).rows.size() == 1);
}

TEST_CASE("of a quarantined order nothing is claimed, its reads neither, until it is served again") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764"), neighbour = stored(*writer, "5765");
  promised(*writer, held, {ship("a", promise_state::open), fetch(promise_state::open)});
  const auto quarantine = [&](bool raised, timestamp when) {
    attention_note note;
    note.order = held.tiktok_id;
    note.kind = "quarantined";
    note.raised = raised;
    note.at = when;
    REQUIRE(writer->note({&note, 1}).has_value());
  };
  quarantine(true, at(1));
  auto claimed = claim(*writer, at(2));
  CHECK(claimed.rows.empty());
  CHECK_FALSE(claimed.next_due); // nor does the worker come back for it at once
  promised(*writer, neighbour, {fetch(promise_state::open)});
  CHECK(claim(*writer, at(2)).rows.size() == 1);
  quarantine(false, at(3));
  CHECK(claim(*writer, at(4)).rows.size() == 2);
  quarantine(true, at(5)); // while its calls are under way
  claimed = claim(*writer, at(40'000'000));
  REQUIRE(claimed.rows.size() == 1);
  CHECK(claimed.rows.front().tiktok_order == neighbour.tiktok_id);
  quarantine(false, at(40'000'001));
  CHECK(claim(*writer, at(40'000'002)).rows.size() == 2);
}

TEST_CASE("a read runs when due, whatever write is under way") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {ship("a", promise_state::open), fetch(promise_state::open)});
  CHECK(claim(*writer, at(0)).rows.size() == 2);
}

TEST_CASE("a claim takes no more than its limit, the longest due first, and hands them out by id") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  for (int i = 0; i < 6; ++i) {
    auto held = stored(*writer, std::to_string(5000 + i));
    promised(*writer, held, {fetch(promise_state::open, at(60 - 10 * i))});
  }
  const auto first = claim(*writer, at(100), 4);
  REQUIRE(first.rows.size() == 4);
  for (std::size_t i = 1; i < first.rows.size(); ++i)
    CHECK(first.rows[i - 1].id < first.rows[i].id);
  CHECK(first.rows.front().tiktok_order == tiktok_order_id{"5002"});
  REQUIRE(first.next_due);
  CHECK(*first.next_due <= at(100)); // more is due now
  CHECK(claim(*writer, at(100), 4).rows.size() == 2);
}

TEST_CASE("a claim tells when time alone will make the next promise due") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  CHECK_FALSE(claim(*writer, at(0)).next_due);
  auto held = stored(*writer, "5764");
  promised(*writer, held, {ship("a", promise_state::waiting), ship("b", promise_state::open, at(1))});
  CHECK_FALSE(claim(*writer, at(5)).next_due); // `b` is due, yet waits for `a`, not for time
  auto other = stored(*writer, "5765");
  promised(*writer, other, {fetch(promise_state::open, at(77))});
  CHECK(claim(*writer, at(5)).next_due == at(77));
  REQUIRE(claim(*writer, at(77)).rows.size() == 1);
  CHECK(claim(*writer, at(78)).next_due == at(77) + std::chrono::seconds{30}); // the lease's end
}

TEST_CASE("a claim that reached its limit says that more may be due now, one that did not speaks of the future only") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  for (int i = 0; i < 4; ++i) {
    auto held = stored(*writer, std::to_string(5000 + i));
    promised(*writer, held, {fetch(promise_state::open, i < 3 ? at(i) : at(500))});
  }
  CHECK(claim(*writer, at(100), 2).next_due == at(100));
  CHECK(claim(*writer, at(100), 2).next_due == at(500));
  auto held = stored(*writer, "5764");
  held.held = true;
  promised(*writer, held, {ship("a", promise_state::open, at(1))});
  CHECK(claim(*writer, at(101), 2).next_due == at(500)); // what waits for a person is not due
}

TEST_CASE("of leases that end together the promise that is due first tells when") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto first = stored(*writer, "5764"), second = stored(*writer, "5765");
  promised(*writer, first, {fetch(promise_state::open)});
  promised(*writer, second, {fetch(promise_state::open)});
  REQUIRE(claim(*writer, at(0)).rows.size() == 2);
  auto later = fetch(promise_state::open, at(70'000'000));
  later.keep_lease = true;
  promised(*writer, first, {later});
  CHECK(claim(*writer, at(1)).next_due == at(30'000'000));
}

TEST_CASE("an order that was inserted by hand can make promises") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  db->execute("insert into orders(tiktok_order_id, order_data) values ('5764', '{}')");
  auto found = load(*reader, "5764").order;
  promised(*writer, found, {fetch(promise_state::open)});
  const auto rows = claim(*writer, at(0)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().order == found.id);
}

TEST_CASE("a withdrawn write whose call may be under way keeps the order's next write waiting until its lease ends") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {ship("a", promise_state::open)});
  REQUIRE(claim(*writer, at(0)).rows.size() == 1);
  promised(*writer, held, {ship("a", promise_state::withdrawn)});
  promised(*writer, held, {ship("b", promise_state::open)});
  CHECK(claim(*writer, at(1)).rows.empty());
  const auto after = claim(*writer, at(30'000'000));
  REQUIRE(after.rows.size() == 1);
  CHECK(after.rows.front().ref == "b");
}

TEST_CASE("a write that was withdrawn before anybody claimed it keeps nothing waiting") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {ship("a", promise_state::open)});
  promised(*writer, held, {ship("a", promise_state::withdrawn)});
  promised(*writer, held, {ship("b", promise_state::open)});
  CHECK(claim(*writer, at(0)).rows.size() == 1);
}

TEST_CASE("promises whose payload cannot be read keep no other waiting, however many come first") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  for (int i = 0; i < 3; ++i) {
    auto held = stored(*writer, std::to_string(5000 + i));
    promised(*writer, held, {fetch(promise_state::open, at(i))});
  }
  db->execute("update outbox set payload = '[]' where order_id in"
              " (select id from orders where tiktok_order_id in ('5000', '5001'))");
  CHECK(claim(*writer, at(10), 2).rows.empty());
  const auto next = claim(*writer, at(10), 2).rows;
  REQUIRE(next.size() == 1);
  CHECK(next.front().tiktok_order == tiktok_order_id{"5002"});
  CHECK(db->scalar("select count(*) from outbox where lease_until is not null and attempts = 1") == "3");
}

TEST_CASE("a promise that only another version can read waits for it and keeps no other waiting") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  auto held = stored(*writer, "5764");
  promised(*writer, held, {fetch(promise_state::open), ship("a", promise_state::open)});
  db->execute("update outbox set kind = 'send_invoice' where kind = 'fetch_detail'");
  const auto claimed = claim(*writer, at(0));
  REQUIRE(claimed.rows.size() == 1);
  CHECK(claimed.rows.front().ref == "a");
}
