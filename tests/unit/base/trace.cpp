// Where the time of an input went.
#include "base/trace.hpp"

#include "tests/support/catch.hpp"

using namespace orderly;
using namespace std::chrono_literals;

namespace {

const trace::time_point began{1000s};

} // namespace

TEST_CASE("A stage that has not ended has no offset, one that has keeps its microseconds since the first byte") {
  trace of{uuid{}, began};
  CHECK_FALSE(of.offset(trace_stage::received));
  of.stamp(trace_stage::received, began);
  of.stamp(trace_stage::committed, began + 1234567ns);
  CHECK(of.offset(trace_stage::received) == 0us);
  CHECK(of.offset(trace_stage::committed) == 1234us);
  CHECK_FALSE(of.offset(trace_stage::replied));
}

TEST_CASE("What is decided again is stamped again: the last time counts") {
  trace of{uuid{}, began};
  of.stamp(trace_stage::decided, began + 5us);
  of.stamp(trace_stage::decided, began + 9us);
  CHECK(of.offset(trace_stage::decided) == 9us);
}

TEST_CASE("What lasts longer than the record can say stands at its longest") {
  trace of{uuid{}, began};
  of.stamp(trace_stage::decided, began + 100h);
  CHECK(of.offset(trace_stage::decided) == std::chrono::microseconds{0xfffffffe});
  of.stamp(trace_stage::decided, began - 1s); // no clock of ours goes back; a caller's time may be older than the first byte
  CHECK(of.offset(trace_stage::decided) == 0us);
}

TEST_CASE("The inputs of one webhook share what happened before they were told apart, and nothing after") {
  trace first{uuid{}, began, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
  first.stamp(trace_stage::parsed, began + 3us);
  trace second{first};
  first.stamp(trace_stage::posted, began + 5us);
  CHECK(second.offset(trace_stage::parsed) == 3us);
  CHECK_FALSE(second.offset(trace_stage::posted));
  CHECK(second.id() == first.id());
  CHECK(second.traceparent() == first.traceparent());
}

TEST_CASE("A traceparent is taken as W3C writes it, and nothing else is") {
  const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CHECK(is_traceparent(good));
  CHECK(is_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like"));
  for (const std::string& bad : {std::string{}, good.substr(0, 54), good + "-x", "ff" + good.substr(2), "0X" + good.substr(2),
                                std::string{"00-00000000000000000000000000000000-b7ad6b7169203331-01"},
                                std::string{"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"},
                                std::string{"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"},
                                std::string{"00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                                std::string{"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"}}) {
    INFO(bad);
    CHECK_FALSE(is_traceparent(bad));
  }
}
