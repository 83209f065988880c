// The registry supervises: an order's actor may die, its inputs do not.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {
const std::string id = "576461413038785752";
constexpr std::int64_t t0 = 1789479000;
} // namespace

TEST_CASE("inputs of an actor that dies are handed to the next incarnation in their order") {
  engine_fixture f;
  f.reader->throw_on_loads(1);
  const auto a = f.post(f.webhook(id, "UNPAID", t0)), b = f.post(f.webhook(id, "ON_HOLD", t0 + 10));
  f.drain();
  REQUIRE(a->has_value());
  REQUIRE(b->has_value());
  CHECK((*a)->outcome == input_outcome::applied);
  CHECK((*b)->outcome == input_outcome::applied);
  CHECK((*a)->version < (*b)->version);
  CHECK(f.measured.counter("orderly_registry_restarts_total", "").value() == 1);
}

TEST_CASE("an input in hand at two deaths is given back to its sender, and what stood behind it is served") {
  engine_fixture f;
  f.reader->throw_on_loads(2);
  const auto a = f.post(f.webhook(id, "UNPAID", t0)), b = f.post(f.webhook(id, "ON_HOLD", t0 + 10));
  f.drain();
  REQUIRE(a->has_value());
  REQUIRE((*a)->refusal);
  CHECK((*a)->refusal->code == error_code::internal);
  REQUIRE(b->has_value());
  CHECK((*b)->outcome == input_outcome::applied);
  CHECK(f.ask(f.webhook("576461413038785753", "UNPAID", t0)).outcome == input_outcome::applied);
}

TEST_CASE("a delivery for several orders is answered once, when each is there") {
  engine_fixture f;
  std::vector<answer> got;
  delivery both;
  both.inputs.push_back(f.webhook(id, "UNPAID", t0));
  both.inputs.push_back(f.webhook("576461413038785753", "UNPAID", t0));
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
  CHECK(f.stored("576461413038785753").exists);
}

TEST_CASE("an input without an order is recorded and answered") {
  engine_fixture f;
  auto in = f.webhook(id, "UNPAID", t0);
  in.order = {};
  in.body = std::monostate{};
  in.dedupe_key = "w:none";
  in.raw = std::make_shared<const std::string>("not json");
  delivery one;
  one.inputs.push_back(in);
  one.dead = dead_letter_cause::unparsable;
  std::optional<answer> got;
  f.now->orders.post(std::move(one), [&](std::vector<answer> answers) { got = answers.front(); });
  f.drain();
  REQUIRE(got);
  CHECK(got->outcome == input_outcome::dead);
  CHECK_FALSE(got->refusal);
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
  std::vector<std::shared_ptr<std::optional<answer>>> answers;
  for (int i = 0; i < 5; ++i)
    answers.push_back(f.post(f.webhook(id, "UNPAID", t0 + i)));
  f.drain();
  for (const auto& place : answers)
    CHECK(place->has_value());
  for (const auto& batch : f.faults->plan->batches)
    CHECK(batch.front().inputs.size() == 1);
}
