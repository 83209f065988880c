// Inputs: dedupe, pending ones, answers, dead letters, and those without an order.

#include "base/digest.hpp"
#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

TEST_CASE("an input whose key is settled makes the whole unit a conflict") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto held = stored(*writer, "5764"); // its key is w:create:5764
  auto again = next_step(held, "w:new");
  again.inputs.push_back(recorded(make_input("5764", "w:create:5764")));
  CHECK(commit(*writer, again) == commit_verdict::conflict);
  CHECK(db->scalar("select count(*) from inputs") == "1");
  CHECK(db->scalar("select version from orders") == "1");
  CHECK(db->scalar("select count(*) from order_events") == "1");
}

TEST_CASE("one key may stand for several orders, each with a row of its own") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  CHECK(commit(*writer, creation("51", "w:1")) == commit_verdict::committed);
  CHECK(commit(*writer, creation("52", "w:1")) == commit_verdict::committed);
  CHECK(db->scalar("select count(*) from inputs where dedupe_key = 'w:1'") == "2");
}

TEST_CASE("a pending input turns into its outcome once, with what it caused") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "5764");
  auto pending = only_input(held, "w:slow", input_outcome::pending, at(3));
  REQUIRE(commit(*writer, pending) == commit_verdict::committed);
  CHECK(load(*reader, "5764", {"w:slow"}).settled.empty());
  CHECK(db->scalar("select count(*) from inputs where decided_at is null") == "1");

  auto decided = next_step(held, "w:slow", at(9));
  decided.inputs.front() = recorded(pending.inputs.front().what);
  decided.events.front().input = pending.inputs.front().what->id;
  decided.inputs.front().answer.version = 2;
  REQUIRE(commit(*writer, decided) == commit_verdict::committed);
  const auto settled = load(*reader, "5764", {"w:slow"}).settled;
  REQUIRE(settled.contains("w:slow"));
  CHECK(settled.at("w:slow").answer == decided.inputs.front().answer);
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:slow'") == "1");
  CHECK(db->scalar("select count(*) from inputs") == "2");

  auto twice = next_step(*decided.after, "w:slow");
  CHECK(commit(*writer, twice) == commit_verdict::conflict);
}

TEST_CASE("a redelivery that decides a pending input counts, and its events name it") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "5764");
  REQUIRE(commit(*writer, only_input(held, "w:slow", input_outcome::pending)) == commit_verdict::committed);
  const auto decided = next_step(held, "w:slow"); // another input of the same key
  REQUIRE(commit(*writer, decided) == commit_verdict::committed);
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:slow'") == "2");
  CHECK(load(*reader, "5764", {"w:slow"}).settled.at("w:slow").id == decided.inputs.front().what->id);
}

TEST_CASE("stored answers and the hash of the raw bytes come back with the keys that were asked for") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "5764");
  auto refused = next_step(held, "c:anna:1");
  refused.inputs.front().what = make_input("5764", "c:anna:1", at(0), R"({"to":"delivered"})");
  refused.events.front().input = refused.inputs.front().what->id;
  auto& answer = refused.inputs.front().answer;
  refused.inputs.front().outcome = answer.outcome = input_outcome::refused;
  answer.refusal =
      error{error_code::illegal_transition, "received cannot become delivered", {{"allowed", json::array{"processing"}}}};
  answer.order = held.id;
  answer.version = 2;
  answer.state = order_state::received;
  answer.report = "off";
  REQUIRE(commit(*writer, refused) == commit_verdict::committed);
  const auto back = load(*reader, "5764", {"c:anna:1", "c:anna:2"});
  REQUIRE(back.settled.size() == 1);
  const auto& settled = back.settled.at("c:anna:1");
  CHECK(settled.answer == answer);
  CHECK(settled.raw_hash == sha256(R"({"to":"delivered"})"));
  CHECK(settled.id == refused.inputs.front().what->id);
  CHECK(load(*reader, "51", {"c:anna:1"}).settled.empty()); // the key of another order
}

TEST_CASE("a repeated key counts one more delivery and rests on no version") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto held = stored(*writer, "5764");
  REQUIRE(commit(*writer, next_step(held, "w:2")) == commit_verdict::committed);
  order_unit repeated;
  repeated.order = held.tiktok_id;
  repeated.exists = true;
  repeated.decided_on = 1; // long past
  repeated.repeated_keys = {"w:create:5764", "w:create:5764", "w:2"};
  CHECK(commit(*writer, repeated) == commit_verdict::committed);
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:create:5764'") == "3");
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:2'") == "2");
  CHECK(db->scalar("select version from orders") == "2");
}

TEST_CASE("the raw bytes are kept as they came, whatever they are") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const std::string raw{"\x00\xff not json \xc3", 13};
  auto unit = creation("5764", "w:1");
  unit.inputs.front().what = make_input("5764", "w:1", at(0), raw);
  unit.events.front().input = unit.inputs.front().what->id;
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  CHECK(db->scalar("select length(raw) from inputs") == "13");
}

TEST_CASE("an input without an order is recorded, and the same again is one more delivery") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  auto ignored = recorded(make_input("", "w:ignored"), input_outcome::ignored);
  auto dead = recorded(make_input("", "w:dead", at(1), "not json"), input_outcome::dead);
  dead.dead = dead_letter_cause::unparsable;
  const std::vector<input_record> first{ignored, dead};
  REQUIRE(writer->record(first).has_value());
  auto again = recorded(make_input("", "w:dead", at(8), "not json"),
                        input_outcome::dead); // a redelivery has an id of its own
  again.dead = dead_letter_cause::unparsable;
  const std::vector<input_record> second{again, again};
  REQUIRE(writer->record(second).has_value());
  CHECK(db->scalar("select count(*) from inputs") == "2");
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:ignored'") == "1");
  CHECK(db->scalar("select deliveries from inputs where dedupe_key = 'w:dead'") == "3");
  CHECK(db->scalar("select count(*) from dead_letters") == "1");
  CHECK(db->scalar("select count from dead_letters") == "3");
  CHECK(db->scalar("select cause from dead_letters") == "unparsable");
  CHECK(db->scalar("select count(*) from dead_letters where first_at < last_at") == "1");
}

TEST_CASE("a dead input of an order leaves its dead letter in the same commit") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto held = stored(*writer, "5764");
  auto unit = only_input(held, "w:poison", input_outcome::dead);
  unit.inputs.front().dead = dead_letter_cause::refused_by_store;
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  CHECK(db->scalar("select cause from dead_letters d join inputs i on i.id = d.input_id where i.order_ref = '5764'") ==
        "refused_by_store");
}
