// Positions in the feed of commits, as the stream's ids.
#include "domain/ports/event_feed.hpp"

#include "tests/support/catch.hpp"

using namespace orderly;

namespace {

order_id an_order(const char* text) { return order_id{uuid_from(text).value()}; }

} // namespace

TEST_CASE("a position's text reads back the same") {
  const feed_position at{2, 9'007'199'254'740'993, an_order("0198f0c2-b5a3-7c6d-8e9f-a0b1c2d3e4f5"), 17};
  CHECK(to_string(at) == "2.9007199254740993.0198f0c2b5a37c6d8e9fa0b1c2d3e4f5.17");
  CHECK(feed_position_from(to_string(at)) == at);
  CHECK(feed_position_from(to_string(feed_position{})) == feed_position{});
}

TEST_CASE("what is no position is none") {
  const std::string order = "0198f0c2b5a37c6d8e9fa0b1c2d3e4f5";
  for (const auto& text : {std::string{}, std::string{"1"}, "1.2." + order, "1.2." + order + ".", "1.2." + order + ".3.",
                           "1.2." + order + ".3.4", "-1.2." + order + ".3", "01.2." + order + ".3", "1.+2." + order + ".3",
                           std::string{"1.2.0198F0C2B5A37C6D8E9FA0B1C2D3E4F5.3"}, "1.2." + order.substr(1) + ".3",
                           "1.2." + order + "0.3", "1.99999999999999999999." + order + ".3", " 1.2." + order + ".3"}) {
    INFO(text);
    CHECK_FALSE(feed_position_from(text));
  }
}

TEST_CASE("positions are ordered by epoch, then commit, then order and seq") {
  const auto low = an_order("0198f0c2-b5a3-7c6d-8e9f-a0b1c2d3e4f5"), high = an_order("0198f0c2-b5a3-7c6d-8e9f-a0b1c2d3e4f6");
  CHECK(feed_position{0, 9, high, 9} < feed_position{1, 1, low, 1});
  CHECK(feed_position{1, 1, high, 9} < feed_position{1, 2, low, 1});
  CHECK(feed_position{1, 2, low, 9} < feed_position{1, 2, high, 1});
  CHECK(feed_position{1, 2, low, 1} < feed_position{1, 2, low, 2});
}
