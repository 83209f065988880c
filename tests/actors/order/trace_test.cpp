// Where an input's time goes inside the engine: each stage stamps its trace, in the order in which they happen.

#include "domain/order/delivery.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

const std::string id = "576461413038785752";
constexpr std::int64_t t0 = 1789479000;

input traced(engine_fixture& f, const std::string& status, std::int64_t at) {
  auto in = f.webhook(id, status, at);
  in.trace = std::make_shared<trace>(in.delivery, std::chrono::steady_clock::now());
  return in;
}

void check_order_of(const trace& of, std::initializer_list<trace_stage> stages) {
  std::chrono::microseconds before{0};
  for (const auto stage : stages) {
    INFO(name_of(stage));
    REQUIRE(of.offset(stage));
    CHECK(*of.offset(stage) >= before);
    before = *of.offset(stage);
  }
}

} // namespace

TEST_CASE("an input of an order that is not in memory is stamped from the registry to the commit") {
  engine_fixture f;
  const auto in = traced(f, "UNPAID", t0);
  f.ask(in);
  check_order_of(*in.trace, {trace_stage::posted, trace_stage::loaded, trace_stage::begun, trace_stage::decided,
                             trace_stage::gathered, trace_stage::committed});
}

TEST_CASE("an input of an order that is held in memory has no time of loading") {
  engine_fixture f;
  f.ask(f.webhook(id, "UNPAID", t0));
  const auto in = traced(f, "ON_HOLD", t0 + 10);
  f.ask(in);
  CHECK_FALSE(in.trace->offset(trace_stage::loaded));
  check_order_of(*in.trace, {trace_stage::posted, trace_stage::begun, trace_stage::decided, trace_stage::gathered,
                             trace_stage::committed});
}

TEST_CASE("a duplicate is decided and not committed as an input of its own") {
  engine_fixture f;
  auto in = traced(f, "UNPAID", t0);
  f.ask(in);
  in.id = input_id{f.ids.next()};
  in.trace = std::make_shared<trace>(in.delivery, std::chrono::steady_clock::now());
  CHECK(f.ask(in).outcome == input_outcome::applied); // what the first one was answered
  check_order_of(*in.trace, {trace_stage::posted, trace_stage::begun, trace_stage::decided});
  CHECK_FALSE(in.trace->offset(trace_stage::committed));
}

TEST_CASE("an input that no order will see is stamped too") {
  engine_fixture f;
  auto in = traced(f, "UNPAID", t0);
  in.order = {};
  f.ask(in);
  check_order_of(*in.trace, {trace_stage::gathered, trace_stage::committed});
}

TEST_CASE("the inputs of one webhook share what was stamped before they were told apart") {
  const trace::time_point began{std::chrono::seconds{1000}};
  delivery what;
  what.inputs.resize(2);
  trace common{uuid{}, began};
  common.stamp(trace_stage::parsed, began + std::chrono::microseconds{5});
  const auto branches = begin_traces(what, common);
  REQUIRE(branches.size() == 2);
  what.inputs[0].trace->stamp(trace_stage::posted, began + std::chrono::microseconds{9});
  CHECK(branches[0]->offset(trace_stage::posted) == std::chrono::microseconds{9});
  CHECK_FALSE(branches[1]->offset(trace_stage::posted));
  CHECK(branches[1]->offset(trace_stage::parsed) == std::chrono::microseconds{5});
}
