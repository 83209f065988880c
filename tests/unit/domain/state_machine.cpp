#include "domain/order/decision.hpp"
#include "domain/order/event.hpp"
#include "domain/order/order.hpp"
#include "domain/order/order_state.hpp"
#include "tests/support/catch.hpp"

namespace orderly::test {
using enum order_state;

TEST_CASE("the state machine has six moves and no others") {
  const std::vector<std::pair<order_state, std::vector<order_state>>> law{{received, {processing, failed}},
                                                                          {processing, {shipped, failed}},
                                                                          {shipped, {delivered}},
                                                                          {delivered, {}},
                                                                          {failed, {processing}}};
  for (const auto& [from, allowed] : law) {
    CHECK(next_states(from) == allowed);
    for (auto to : all_order_states())
      CHECK(is_legal(from, to) == (std::find(allowed.begin(), allowed.end(), to) != allowed.end()));
  }
}

TEST_CASE("a jump is walked along the shortest legal path") {
  CHECK(shortest_path(received, delivered) == std::vector{processing, shipped, delivered});
  CHECK(shortest_path(received, shipped) == std::vector{processing, shipped});
  CHECK(shortest_path(received, failed) == std::vector{failed});
  CHECK(shortest_path(failed, delivered) == std::vector{processing, shipped, delivered});
  CHECK(shortest_path(processing, processing) == std::vector<order_state>{});
  CHECK_FALSE(shortest_path(shipped, failed));
  CHECK_FALSE(shortest_path(delivered, processing));
  CHECK_FALSE(shortest_path(processing, received));
}

TEST_CASE("every name leads back to its value") {
  for (auto state : all_order_states())
    CHECK(order_state_from(name_of(state)) == state);
  for (int i = 0; i <= static_cast<int>(event_type::erased); ++i)
    CHECK(event_type_from(name_of(static_cast<event_type>(i))) == static_cast<event_type>(i));
  for (int i = 0; i <= static_cast<int>(input_outcome::dead); ++i)
    CHECK(input_outcome_from(name_of(static_cast<input_outcome>(i))) == static_cast<input_outcome>(i));
  for (auto kind : {promise_kind::fetch_detail, promise_kind::mark_shipped})
    CHECK(promise_kind_from(name_of(kind)) == kind);
  for (int i = 0; i <= static_cast<int>(promise_state::withdrawn); ++i)
    CHECK(promise_state_from(name_of(static_cast<promise_state>(i))) == static_cast<promise_state>(i));
  for (auto kind : {failure_kind::none, failure_kind::cancelled, failure_kind::by_operator})
    CHECK(failure_kind_from(name_of(kind)) == kind);
  CHECK(name_of(failure_kind::by_operator) == "operator");
  CHECK(name_of(dead_letter_cause::shop_mismatch) == "shop_mismatch");
  CHECK(name_of(event_type::report_queued) == "report_queued");
  CHECK_FALSE(order_state_from("Received"));
  CHECK_FALSE(event_type_from(""));
}

} // namespace orderly::test
