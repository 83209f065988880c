// One order actor over a real store: what is answered is committed, one unit at a time, whatever the store does.

#include "actors/store/change_watcher.hpp"
#include "domain/order/decide.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"
#include "tests/support/seed.hpp"

#include <caf/send.hpp>
#include <sqlite3.h>

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string id = "576461413038785752";
constexpr std::int64_t t0 = 1789479000;

std::int64_t count_rows(const engine_fixture& f, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(f.dir.file("orderly.db").c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const auto count = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return count;
}

/// The same request once more: each arrival has an id of its own.
input redelivered(engine_fixture& f, input in) {
  in.id = input_id{f.ids.next()};
  in.delivery = in.id.value;
  return in;
}

/// Commits one input for an order from outside the engine, as a second engine would.
void commit_elsewhere(engine_fixture& f, const input& in) {
  auto held = f.stored(in.order.str());
  held.order.tiktok_id = in.order;
  auto d = decide(held.order, held.document.get(), in, f.rules, f.time.now());
  order_unit unit;
  unit.order = in.order;
  unit.exists = held.exists;
  unit.decided_on = held.order.version;
  unit.after = d.after;
  unit.document = d.document;
  unit.events = d.events;
  unit.promises = d.promises;
  unit.inputs.push_back({.what = std::make_shared<const input>(in),
                         .policy_version = f.rules.version,
                         .decided_on = held.order.version,
                         .decided_at = f.time.now(),
                         .outcome = d.outcome,
                         .dead = d.dead,
                         .answer = d.answer});
  auto writer = f.real->open_writer();
  REQUIRE(writer.has_value());
  const auto done = (*writer)->commit({&unit, 1});
  REQUIRE(done.has_value());
  REQUIRE(done->front().verdict == commit_verdict::committed);
}

} // namespace

TEST_CASE("a webhook is answered after its order is committed") {
  engine_fixture f;
  const auto answered = f.ask(f.webhook(id, "UNPAID", t0));
  CHECK(answered.outcome == input_outcome::applied);
  const auto stored = f.stored(id);
  REQUIRE(stored.exists);
  CHECK(stored.order.state == order_state::received);
  CHECK(stored.order.version == answered.version);
  const auto history = f.history(id);
  REQUIRE_FALSE(history.empty());
  CHECK(history.front().type == event_type::created);
}

TEST_CASE("a webhook that comes twice has one effect, is counted twice and gets the same answer") {
  engine_fixture f;
  const auto hook = f.webhook(id, "UNPAID", t0);
  const auto first = f.ask(hook);
  SECTION("while the order is resident") {}
  SECTION("after a restart") { f.restart(); }
  const auto again = f.ask(redelivered(f, hook));
  CHECK(again == first);
  CHECK(f.stored(id).order.version == first.version);
  CHECK(count_rows(f, "select deliveries from inputs") == 2);
  CHECK(count_rows(f, "select count(*) from inputs") == 1);
}

TEST_CASE("the same webhook twice in one unit is one input") {
  engine_fixture f;
  const auto hook = f.webhook(id, "UNPAID", t0);
  const auto a = f.post(hook), b = f.post(redelivered(f, hook));
  f.drain();
  REQUIRE(a->has_value());
  REQUIRE(b->has_value());
  CHECK(**a == **b);
  CHECK(count_rows(f, "select count(*) from inputs") == 1);
  CHECK(count_rows(f, "select deliveries from inputs") == 2);
}

TEST_CASE("what waits while a unit is at the writer makes the next unit") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.faults->plan->batches.clear();
  const auto a = f.post(f.webhook(id, "ON_HOLD", t0 + 10));
  f.faults->plan->before_commit = [&] {
    f.post(f.webhook(id, "ON_HOLD", t0 + 11));
    f.post(f.webhook(id, "ON_HOLD", t0 + 12));
  };
  f.drain();
  REQUIRE(f.faults->plan->batches.size() >= 2);
  CHECK(f.faults->plan->batches[0].front().inputs.size() == 1);
  CHECK(f.faults->plan->batches[1].front().inputs.size() == 2);
  CHECK(f.stored(id).order.facts.status->update_time == from_seconds(t0 + 12));
}

TEST_CASE("a unit decided on an old version is decided again on what is stored") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.faults->plan->before_commit = [&] { commit_elsewhere(f, f.webhook(id, "ON_HOLD", t0 + 20)); };
  const auto late = f.ask(f.webhook(id, "ON_HOLD", t0 + 10));
  CHECK(late.outcome == input_outcome::stale);
  CHECK(f.stored(id).order.facts.status->update_time == from_seconds(t0 + 20));
}

TEST_CASE("what another engine commits reaches a resident order, so that its next unit is no conflict") {
  engine_fixture f;
  const auto before = f.ask(f.webhook(id, "UNPAID", t0));
  commit_elsewhere(f, f.webhook(id, "ON_HOLD", t0 + 10));
  const auto loads = value_of(f.measured, "orderly_orders_loaded_total");
  const auto shard = shard_of(tiktok_order_id{id}, f.now->whole.shards.size());
  f.now->whole.shards[shard]->tell(atom::changed::value,
                                   std::vector{changed_order{tiktok_order_id{id}, f.stored(id).order.version}});
  f.drain();
  CHECK(value_of(f.measured, "orderly_orders_loaded_total") == loads + 1);
  const auto after = f.ask(f.webhook(id, "ON_HOLD", t0 + 20));
  CHECK(after.version > before.version + 1);
  CHECK(value_of(f.measured, "orderly_storage_conflicts_total") == 0);
  SECTION("its own commits are no news") {
    const auto so_far = value_of(f.measured, "orderly_orders_loaded_total");
    f.now->whole.shards[shard]->tell(atom::changed::value, std::vector{changed_order{tiktok_order_id{id}, after.version}});
    f.drain();
    CHECK(value_of(f.measured, "orderly_orders_loaded_total") == so_far);
  }
}

TEST_CASE("two engines that create one order leave one order with one history") {
  engine_fixture f;
  f.faults->plan->before_commit = [&] { commit_elsewhere(f, f.webhook(id, "UNPAID", t0)); };
  f.ask(f.webhook(id, "ON_HOLD", t0 + 10));
  const auto history = f.history(id);
  for (std::size_t i = 0; i < history.size(); ++i)
    CHECK(history[i].seq == static_cast<std::int64_t>(i) + 1);
  CHECK(std::count_if(history.begin(), history.end(), [](const event& e) { return e.type == event_type::created; }) == 1);
  CHECK(f.stored(id).order.facts.status->status == tiktok_status::on_hold);
}

TEST_CASE("an unknown outcome is settled by reading") {
  engine_fixture f;
  const auto fault = GENERATE(commit_fault::unknown_but_committed, commit_fault::unknown_and_lost);
  f.faults->plan->commits.push_back(fault);
  const auto answered = f.ask(f.webhook(id, "UNPAID", t0));
  CHECK(answered.outcome == input_outcome::applied);
  CHECK(f.stored(id).order.version == answered.version);
  CHECK(count_rows(f, "select count(*) from inputs") == 1);
  CHECK(count_rows(f, "select deliveries from inputs") == 1);
}

TEST_CASE("when the outcome stays unknown the asker is told so: reading may go well for ever while no commit does") {
  engine_fixture f;
  const auto hook = f.webhook(id, "UNPAID", t0);
  f.faults->plan->commits.assign(1000, commit_fault::unknown_and_lost);
  const auto answered = f.ask(hook);
  REQUIRE(answered.refusal);
  CHECK(answered.refusal->code == error_code::outcome_unknown);
  CHECK(f.faults->plan->batches.size() == 1000);
  CHECK(f.ask(hook).outcome == input_outcome::applied);
}

TEST_CASE("a store that cannot commit is said to the asker, nothing is kept, and the next input is served") {
  engine_fixture f;
  f.faults->plan->commits.push_back(commit_fault::unavailable);
  const auto hook = f.webhook(id, "UNPAID", t0);
  const auto refused = f.ask(hook);
  REQUIRE(refused.refusal);
  CHECK(refused.refusal->code == error_code::storage_unavailable);
  CHECK_FALSE(f.stored(id).exists);
  CHECK_FALSE(f.now->whole.committing->load());
  CHECK(f.ask(hook).outcome == input_outcome::applied);
  CHECK(f.now->whole.committing->load());
}

TEST_CASE("an order that cannot be read is said to who wishes something of it, and read again for the next one") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.restart();
  f.reader->fail_loads(1);
  const auto refused = f.ask(f.command(id, add_note{"once"}));
  REQUIRE(refused.refusal);
  CHECK(refused.refusal->code == error_code::storage_unavailable);
  CHECK(f.ask(f.command(id, add_note{"again"})).outcome == input_outcome::applied);
}

TEST_CASE("an input that the store refuses becomes a dead letter and takes no neighbour along") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  const auto bad = f.webhook(id, "ON_HOLD", t0 + 10);
  f.faults->plan->poison.insert(bad.dedupe_key);
  const auto before = f.post(f.webhook(id, "UNPAID", t0 + 5)), poisoned = f.post(bad),
             after = f.post(f.webhook(id, "ON_HOLD", t0 + 20));
  f.drain();
  CHECK((*before)->outcome == input_outcome::applied);
  CHECK((*poisoned)->outcome == input_outcome::dead);
  CHECK((*poisoned)->refusal->code == error_code::refused_by_store);
  CHECK((*after)->outcome == input_outcome::applied);
  CHECK(f.stored(id).order.facts.status->update_time == from_seconds(t0 + 20));
  CHECK(count_rows(f, "select count(*) from dead_letters where cause = 'refused_by_store'") == 1);
}

TEST_CASE("an input that the store refuses even as a dead letter is not called durable") {
  engine_fixture f;
  const auto bad = f.webhook(id, "UNPAID", t0);
  f.faults->plan->poison.insert(bad.dedupe_key);
  f.faults->plan->poison_dead_letters = true;
  const auto answered = f.ask(bad);
  CHECK(answered.refusal->code == error_code::storage_unavailable);
  CHECK(count_rows(f, "select count(*) from inputs") == 0);
}

TEST_CASE("a dead letter of unknown fate that cannot be read back is answered outcome_unknown") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  const auto note = f.command(id, add_note{"refused"}, "k");
  f.faults->plan->poison.insert(note.dedupe_key);
  f.faults->plan->commits = {commit_fault::none, commit_fault::unknown_but_committed};
  f.reader->fail_loads(1);
  CHECK(f.ask(note).refusal->code == error_code::outcome_unknown);
  CHECK(f.ask(note).refusal->code == error_code::refused_by_store);
}

TEST_CASE("what is stored already is answered without a write") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  f.faults->plan->commits = {commit_fault::unknown_but_committed, commit_fault::unavailable};
  CHECK(f.ask(f.command(id, add_note{"once"})).outcome == input_outcome::applied);
}

TEST_CASE("a repeated idempotency key repeats the answer, with another body it is a conflict and writes nothing") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  const auto note = f.command(id, add_note{"call the buyer"}, "k1");
  const auto first = f.ask(note);
  auto same = note;
  same.id = input_id{f.ids.next()};
  const auto other = f.command(id, add_note{"another text"}, "k1");
  const bool resident = GENERATE(true, false);
  if (!resident)
    f.restart();
  CHECK(f.ask(same) == first);
  const auto conflict = f.ask(other);
  REQUIRE(conflict.refusal);
  CHECK(conflict.refusal->code == error_code::idempotency_conflict);
  CHECK(f.stored(id).order.version == first.version);
}

TEST_CASE("an idempotency key belongs to one command: under another verb or for another shop it is a conflict") {
  engine_fixture f;
  const auto conflicts = [&](const input& in) {
    const auto answered = f.ask(in);
    REQUIRE(answered.refusal);
    CHECK(answered.refusal->code == error_code::idempotency_conflict);
  };
  CHECK(f.ask(f.command(id, create_order{{{"own", "A-17"}}, shop_id{"1"}}, "new")).outcome == input_outcome::applied);
  CHECK(f.ask(f.command(id, hold_order{}, "k")).outcome == input_outcome::applied);
  if (GENERATE(true, false))
    f.restart();
  conflicts(f.command(id, release_order{}, "k"));
  CHECK(f.stored(id).order.held);
  conflicts(f.command(id, create_order{{{"own", "A-17"}}, shop_id{"2"}}, "new"));
}

TEST_CASE("a repeated retry gets the answer to the first one, although the order has gone on since") {
  engine_fixture f;
  f.ask(f.command(id, create_order{{{"own", "A-17"}}}));
  move_order retry;
  retry.to = order_state::processing;
  retry.retry = true;
  const auto too_early = f.ask(f.command(id, retry, "early"));
  REQUIRE(too_early.refusal);
  CHECK(too_early.refusal->code == error_code::illegal_transition);
  CHECK(f.history(id).back().type == event_type::refused);
  move_order fail;
  fail.to = order_state::failed;
  f.ask(f.command(id, fail));
  const auto first = f.ask(f.command(id, retry, "k"));
  CHECK(first.state == order_state::processing);
  if (GENERATE(true, false))
    f.restart();
  CHECK(f.ask(f.command(id, retry, "k")) == first);
  CHECK(f.ask(f.command(id, retry, "early")) == too_early);
}

TEST_CASE("orders that arrive together share transactions, each order once in a batch") {
  engine_fixture f{seed_of_run() | 1};
  std::vector<std::shared_ptr<std::optional<answer>>> answers;
  for (int i = 0; i < 60; ++i)
    answers.push_back(f.post(f.webhook("57646141303878" + std::to_string(5000 + i % 30), i < 30 ? "UNPAID" : "ON_HOLD", t0 + i)));
  f.drain();
  for (const auto& place : answers)
    CHECK(place->has_value());
  CHECK(f.faults->plan->batches.size() < 60);
  for (const auto& batch : f.faults->plan->batches) {
    std::set<std::string> orders;
    for (const auto& unit : batch)
      CHECK(orders.insert(unit.order.str()).second);
  }
  for (int i = 0; i < 30; ++i)
    CHECK(f.stored("57646141303878" + std::to_string(5000 + i)).order.facts.status->status == tiktok_status::on_hold);
}

TEST_CASE("a lone write never waits: it is a batch by itself, committed with no time passing") {
  engine_fixture f;
  const auto began = f.time.now();
  CHECK(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  CHECK(f.time.now() == began);
  REQUIRE(f.faults->plan->batches.size() == 1);
  CHECK(f.faults->plan->batches.front().size() == 1);
}

TEST_CASE("while one commit is under way the next batch gathers, whoever it is from") {
  engine_fixture f;
  constexpr int others = 12;
  std::vector<std::shared_ptr<std::optional<answer>>> answers;
  f.faults->plan->before_commit = [&] { // the lane is at work and handles nothing else
    for (int i = 0; i < others; ++i)
      answers.push_back(f.post(f.webhook("57646141303878" + std::to_string(6000 + i), "UNPAID", t0)));
    f.drain();
  };
  answers.push_back(f.post(f.webhook(id, "UNPAID", t0)));
  f.drain();
  for (const auto& place : answers)
    CHECK(place->has_value());
  REQUIRE(f.faults->plan->batches.size() == 2);
  CHECK(f.faults->plan->batches[0].size() == 1);
  CHECK(f.faults->plan->batches[1].size() == others);
}

TEST_CASE("a row inserted by hand is adopted by its first input") {
  engine_fixture f;
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(f.dir.file("orderly.db").c_str(), &db) == SQLITE_OK);
  const auto sql = "insert into orders(tiktok_order_id, order_data) values ('" + id + "', '{}')";
  REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  const auto row = f.stored(id).order.id;
  CHECK(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  CHECK(f.stored(id).order.id == row);
  CHECK(f.history(id).front().type == event_type::created);
}

TEST_CASE("a commit of unknown fate that cannot be read back is answered outcome_unknown, and the key later gives the result") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  const auto note = f.command(id, add_note{"call the buyer"}, "k1");
  f.faults->plan->commits.push_back(commit_fault::unknown_but_committed);
  f.reader->fail_loads(1);
  const auto unknown = f.ask(note);
  REQUIRE(unknown.refusal);
  CHECK(unknown.refusal->code == error_code::outcome_unknown);
  const auto version = f.stored(id).order.version;
  const auto told = f.ask(note);
  CHECK_FALSE(told.refusal);
  CHECK(told.version == version);
  CHECK(f.stored(id).order.version == version);
}
