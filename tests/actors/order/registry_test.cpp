// The registry supervises: an order's actor may die, its inputs do not.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string id = "576461413038785752", other = "576461413038785753";
constexpr std::int64_t t0 = 1789479000;

using place = std::shared_ptr<std::optional<answer>>;

input_outcome outcome_of(const place& p) {
  REQUIRE(p->has_value());
  return (*p)->outcome;
}

std::optional<error_code> refusal_of(const place& p) {
  REQUIRE(p->has_value());
  return (*p)->refusal ? std::optional{(*p)->refusal->code} : std::nullopt;
}

place post_orderless(engine_fixture& f, const std::string& key) {
  auto in = f.webhook(id, "UNPAID", t0);
  in.order = {};
  in.body = std::monostate{};
  in.dedupe_key = key;
  in.raw = std::make_shared<const std::string>("not json");
  delivery one;
  one.inputs.push_back(in);
  one.dead = dead_letter_cause::unparsable;
  auto got = std::make_shared<std::optional<answer>>();
  f.now->orders.post(std::move(one), [got](std::vector<answer> answers) { *got = answers.front(); });
  return got;
}

/// Three inputs, each of which ends the order's actor.
std::vector<place> kill_thrice(engine_fixture& f) {
  f.reader->throw_on_order(id);
  std::vector<place> places;
  for (int i = 0; i < 3; ++i)
    places.push_back(f.post(f.webhook(id, "UNPAID", t0 + i)));
  f.drain();
  return places;
}

} // namespace

TEST_CASE("inputs of an actor that dies are handed to the next incarnation in their order") {
  engine_fixture f;
  f.reader->throw_on_loads(1);
  const auto a = f.post(f.webhook(id, "UNPAID", t0)), b = f.post(f.webhook(id, "ON_HOLD", t0 + 10));
  f.drain();
  CHECK(outcome_of(a) == input_outcome::applied);
  CHECK(outcome_of(b) == input_outcome::applied);
  CHECK((*a)->version < (*b)->version);
  CHECK(value_of(f.measured, "orderly_registry_restarts_total") == 1);
}

TEST_CASE("an input in hand at two deaths becomes a dead letter, and what stood behind it is served") {
  engine_fixture f;
  f.reader->throw_on_loads(2);
  const auto a = f.post(f.webhook(id, "UNPAID", t0)), b = f.post(f.webhook(id, "ON_HOLD", t0 + 10));
  f.drain();
  CHECK(outcome_of(a) == input_outcome::dead);
  CHECK(refusal_of(a) == error_code::killed_twice);
  CHECK(outcome_of(b) == input_outcome::applied);
  const auto letters = f.dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters.front().cause == dead_letter_cause::killed_twice);
  CHECK(letters.front().order.str() == id);
  CHECK(f.ask(f.webhook(other, "UNPAID", t0)).outcome == input_outcome::applied);
}

TEST_CASE("an input that was in hand at one death is not blamed for what its neighbour did") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.restart(); // so that the next unit loads
  f.reader->throw_on_loads(2);
  std::vector<place> places;
  for (int i = 1; i <= 4; ++i)
    places.push_back(f.post(f.webhook(id, "UNPAID", t0 + i)));
  f.drain();
  CHECK(outcome_of(places[0]) == input_outcome::dead);
  for (int i = 1; i < 4; ++i)
    CHECK(outcome_of(places[i]) == input_outcome::applied);
}

TEST_CASE("a dead letter that cannot be stored is given back") {
  engine_fixture f;
  f.reader->throw_on_loads(2);
  f.faults->plan->refuse_records = true;
  const auto a = f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  CHECK(refusal_of(a) == error_code::outcome_unknown);
}

TEST_CASE("an input that was stored before it ended its actor twice is answered as it is stored, and is no dead letter") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.faults->plan->commits.push_back(commit_fault::unknown_but_committed);
  f.reader->throw_on_loads(2);
  const auto a = f.post(f.command(id, add_note{"once"}));
  f.drain();
  CHECK(outcome_of(a) == input_outcome::applied);
  CHECK((*a)->version == f.stored(id).order.version);
  CHECK(f.dead_letters().empty());
}

TEST_CASE("a buried webhook that cannot be read back is durable all the same") {
  engine_fixture f;
  f.reader->throw_on_loads(2);
  f.reader->fail_loads(1);
  CHECK_FALSE(f.ask(f.webhook(id, "UNPAID", t0)).refusal);
  CHECK(f.dead_letters().size() == 1);
}

TEST_CASE("nobody is told that nothing was written while an ended actor's unit may be stored") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.faults->plan->commits.push_back(commit_fault::unknown_but_committed);
  f.reader->throw_on_loads(1);
  f.reader->fail_loads(1);
  const auto note = f.command(id, add_note{"once"}, "k");
  const auto a = f.post(note);
  f.drain();
  CHECK(refusal_of(a) == error_code::outcome_unknown);
  CHECK(f.ask(note).version == f.stored(id).order.version); // the same key gives the result
}

TEST_CASE("three deaths within a minute over different inputs quarantine the order; its webhooks are kept as pending") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0 - 10)).outcome == input_outcome::applied);
  f.restart();
  const auto places = kill_thrice(f);
  CHECK(outcome_of(places[0]) == input_outcome::dead);
  CHECK(outcome_of(places[1]) == input_outcome::pending);
  CHECK(outcome_of(places[2]) == input_outcome::pending);
  f.reader->forgive_orders();
  CHECK(f.stored(id).quarantined);
  CHECK(outcome_of([&] {
          auto late = f.post(f.webhook(id, "ON_HOLD", t0 + 50));
          f.drain();
          return late;
        }()) == input_outcome::pending);
  CHECK(f.ask(f.command(id, add_note{"is anybody there"})).refusal->code == error_code::quarantined);
  CHECK(f.ask(f.webhook(other, "UNPAID", t0)).outcome == input_outcome::applied);
}

TEST_CASE("a restart begins anew: who was in hand at a death before it is not blamed for the next one") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.reader->throw_on_loads(1);
  f.post(f.webhook(id, "UNPAID", t0 + 1)); // decided alone; what follows waits and is one unit, which reads the document
  const auto a = f.post(f.webhook(id, "ON_HOLD", t0 + 2));
  const auto b = f.post(f.command(id, create_order{}));
  while (value_of(f.measured, "orderly_registry_restarts_total") == 0)
    REQUIRE(f.step());
  f.reader->hold_loads(); // the next incarnation reads for the first of them
  f.drain();
  f.reader->drop_loads();
  f.reader->release();
  f.reader->throw_on_loads(1);
  REQUIRE(f.restart_order(id).has_value());
  f.drain();
  CHECK(value_of(f.measured, "orderly_registry_restarts_total") == 2);
  CHECK(outcome_of(a) == input_outcome::applied);
  CHECK(b->has_value());
  CHECK(f.dead_letters().empty());
}

TEST_CASE("a quarantine outlives the engine, and a restart of the order's actor lifts it and applies what waited") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0 - 10)).outcome == input_outcome::applied);
  f.restart();
  kill_thrice(f);
  f.restart();
  CHECK(f.ask(f.command(id, add_note{"still ill"})).refusal->code == error_code::quarantined);
  CHECK(outcome_of([&] {
          auto late = f.post(f.webhook(id, "ON_HOLD", t0 + 50));
          f.drain();
          return late;
        }()) == input_outcome::pending);
  f.advance(std::chrono::seconds{10});
  CHECK(f.pending().size() == 3);

  REQUIRE(f.restart_order(id)->known);
  CHECK_FALSE(f.stored(id).quarantined);
  f.advance(std::chrono::seconds{1});
  f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(f.stored(id).order.facts.status->status == tiktok_status::on_hold);
  CHECK(f.ask(f.command(id, add_note{"well again"})).outcome == input_outcome::applied);
}

TEST_CASE("deaths add up also when the order had nothing else to do in between") {
  engine_fixture f;
  f.reader->throw_on_order(id);
  std::vector<place> places;
  for (int i = 0; i < 4; ++i) {
    places.push_back(f.post(f.webhook(id, "UNPAID", t0 + i)));
    f.drain();
  }
  CHECK(outcome_of(places[0]) == input_outcome::dead);
  for (int i = 1; i < 4; ++i)
    CHECK(outcome_of(places[i]) == input_outcome::pending);
  CHECK(value_of(f.measured, "orderly_registry_restarts_total") == 3);
}

TEST_CASE("a quarantine that the store could not keep is stored when it can") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0 - 10)).outcome == input_outcome::applied);
  f.restart();
  f.faults->plan->refuse_notes = true;
  kill_thrice(f);
  f.reader->forgive_orders();
  CHECK_FALSE(f.stored(id).quarantined);
  f.faults->plan->refuse_notes = false;
  f.advance(std::chrono::seconds{6});
  f.post(f.webhook(id, "ON_HOLD", t0 + 50));
  f.drain();
  CHECK(f.stored(id).quarantined);
}

TEST_CASE("a restart of an idle order, and one whose actor is ending, leave one actor at most") {
  const auto seed = GENERATE(take(30, random(1, 1'000'000)));
  engine_fixture f{static_cast<std::uint64_t>(seed)};
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  REQUIRE(f.restart_order(id)->known); // idle
  f.restart();
  kill_thrice(f);
  f.restart(); // quarantined, as the store says
  f.reader->forgive_orders();
  std::vector<place> places;
  int restarts = 0;
  f.now->orders.restart(tiktok_order_id{id}, [&](const auto&) { ++restarts; });
  for (int i = 0; i < 5; ++i) {
    places.push_back(f.post(f.webhook(id, "UNPAID", t0 + 20 + i)));
    f.step();
    f.step();
  }
  f.drain();
  for (int i = 0; i < 8; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(restarts == 1);
  for (const auto& at : places)
    CHECK(at->has_value());
  CHECK(f.pending().empty());
  CHECK(value_of(f.measured, "orderly_registry_residents") == 1);
  f.advance(std::chrono::minutes{6});
  CHECK(value_of(f.measured, "orderly_registry_residents") == 0);
}

TEST_CASE("deaths that are more than a minute apart do not add up to a quarantine") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  for (int i = 1; i <= 4; ++i) {
    f.restart_order(id);
    f.reader->throw_on_loads(1);
    const auto a = f.post(f.webhook(id, "UNPAID", t0 + i));
    f.drain();
    CHECK(outcome_of(a) == input_outcome::applied);
    f.advance(std::chrono::seconds{61});
  }
  CHECK_FALSE(f.stored(id).quarantined);
}

TEST_CASE("an order without a row that kills whatever comes keeps its webhooks as pending and does not starve the others") {
  engine_fixture f;
  const auto places = kill_thrice(f);
  CHECK(outcome_of(places[2]) == input_outcome::pending);
  for (int i = 0; i < 20; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(f.ask(f.webhook(other, "UNPAID", t0)).outcome == input_outcome::applied);
  CHECK(f.pending().size() == 2);
  f.reader->forgive_orders();
  REQUIRE(f.restart_order(id)->known);
  f.advance(std::chrono::seconds{1});
  f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(f.stored(id).exists);
}

TEST_CASE("an order whose row cannot be read is quarantined, and the next one is served") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.restart();
  f.sql("update orders set facts = '[1]' where tiktok_order_id = '" + id + "'");
  const auto late = f.post(f.webhook(id, "ON_HOLD", t0 + 10));
  f.drain();
  CHECK(outcome_of(late) == input_outcome::pending);
  CHECK(f.ask(f.command(id, add_note{"?"})).refusal->code == error_code::quarantined);
  CHECK(f.ask(f.webhook(other, "UNPAID", t0)).outcome == input_outcome::applied);
}

TEST_CASE("a delivery for several orders is answered once, when each is there") {
  engine_fixture f;
  std::vector<answer> got;
  delivery both;
  both.inputs.push_back(f.webhook(id, "UNPAID", t0));
  both.inputs.push_back(f.webhook(other, "UNPAID", t0));
  int calls = 0;
  f.now->orders.post(std::move(both), [&](std::vector<answer> answers) {
    ++calls;
    got = std::move(answers);
  });
  CHECK(calls == 0);
  f.drain();
  CHECK(calls == 1);
  REQUIRE(got.size() == 2);
  CHECK(f.stored(id).exists);
  CHECK(f.stored(other).exists);
}

TEST_CASE("an input without an order is recorded and answered") {
  engine_fixture f;
  const auto got = post_orderless(f, "w:none");
  f.drain();
  CHECK(outcome_of(got) == input_outcome::dead);
  CHECK_FALSE(refusal_of(got));
}

TEST_CASE("an input without an order that the store refuses takes no neighbour along, and the store is not called failing") {
  engine_fixture f;
  f.faults->plan->poison.insert("w:2");
  f.faults->plan->poison_dead_letters = true;
  std::vector<place> got;
  for (const auto* key : {"w:1", "w:2", "w:3", "w:4"}) // the first makes a transaction, the others the next one
    got.push_back(post_orderless(f, key));
  f.drain();
  for (const auto n : {0U, 2U, 3U})
    CHECK_FALSE(refusal_of(got[n]));
  CHECK(refusal_of(got[1]) == error_code::storage_unavailable);
  CHECK(f.dead_letters().size() == 3);
  CHECK(value_of(f.measured, "orderly_storage_refused_total") == 1);
  CHECK(value_of(f.measured, "orderly_storage_failures_total") == 0);
  CHECK(f.now->whole.committing->load());
}

TEST_CASE("a closed gateway answers shutting_down at once") {
  engine_fixture f;
  f.now->orders.close();
  const auto answered = f.ask(f.webhook(id, "UNPAID", t0));
  CHECK(answered.refusal->code == error_code::shutting_down);
}

TEST_CASE("after a death the inputs that were in hand are taken one at a time") {
  engine_fixture f;
  f.reader->throw_on_loads(1);
  std::vector<place> answers;
  for (int i = 0; i < 5; ++i)
    answers.push_back(f.post(f.webhook(id, "UNPAID", t0 + i)));
  f.drain();
  for (const auto& at : answers)
    CHECK(at->has_value());
  for (const auto& batch : f.faults->plan->batches)
    CHECK(batch.front().inputs.size() == 1);
}

TEST_CASE("bad signatures raise the attention of a shop that is ours, once a minute at most") {
  engine_fixture f;
  const auto raised = [&] { return f.sql("select count(*) from shop_attention where kind = 'signature_failing'"); };
  f.now->orders.signature_failed(shop_id{"123"});
  f.drain();
  CHECK(raised() == "0");
  f.now->orders.signature_failed(shop_id{engine_fixture::shop_name});
  f.drain();
  CHECK(raised() == "1");
  f.sql("delete from shop_attention");
  f.now->orders.signature_failed(shop_id{engine_fixture::shop_name});
  f.drain();
  CHECK(raised() == "0");
  f.advance(std::chrono::seconds{61});
  f.now->orders.signature_failed(shop_id{engine_fixture::shop_name});
  f.drain();
  CHECK(raised() == "1");
  f.sql("delete from shop_attention");
  f.advance(std::chrono::seconds{61});
  f.shops.remove(shop_id{engine_fixture::shop_name});
  f.now->orders.signature_failed(shop_id{engine_fixture::shop_name});
  f.drain();
  CHECK(raised() == "0");
}
