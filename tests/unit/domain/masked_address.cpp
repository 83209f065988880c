// An address with stars in it: TikTok hides it for a while, or the buyer wrote it so.

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {
namespace {

using enum order_state;
using strings = std::vector<std::string>;

history awaiting() {
  history h;
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  return h;
}

/// A detail whose address the buyer may have written so.
json::object starred() {
  auto body = order_object{}.json();
  body["recipient_address"].as_object()["address_line1"] = "Hotel *** Roma";
  return body;
}

std::int64_t delay(const history& h) {
  const auto due_at = h.outbox.at({promise_kind::fetch_detail, ""}).due_at;
  return std::chrono::duration_cast<std::chrono::seconds>(due_at - h.inputs.back().at).count();
}

} // namespace

TEST_CASE("an address that looks masked delays an order and does not stop it: after the backoff it goes on, with attention") {
  auto h = awaiting();
  const auto body = starred();
  for (int expected : {1, 5, 30, 120}) {
    h.answer_fetch(body);
    CHECK(h.current.state == received);
    CHECK(delay(h) == expected);
    CHECK(h.open_attention().empty());
  }
  h.answer_fetch(body);
  CHECK(h.current.state == processing);
  CHECK_FALSE(h.wants_detail());
  CHECK(h.open_attention() == strings{"address_masked"});

  h.take(hint_webhook(paid_at + 4000)); // what is asked for another reason waits no more for it
  h.answer_fetch(body);
  CHECK_FALSE(h.wants_detail());
  CHECK(h.open_attention() == strings{"address_masked"});

  SECTION("a clear address ends the attention") {
    h.take(detail_input(order_object{}.json(), h.now));
    CHECK(h.open_attention().empty());
    CHECK_FALSE(h.current.facts.address_masked);
  }
  SECTION("so does the order's end") {
    h.take(status_webhook("CANCELLED", paid_at + 5000));
    CHECK(h.open_attention().empty());
  }
  CHECK(replayed_difference(h).empty());
}

TEST_CASE("the waits of calls that failed are no waits for a clear address") {
  auto h = awaiting();
  for (int attempt = 1; attempt <= 4; ++attempt)
    h.take(engine_input(fetch_failed{{1, attempt}, true, "36009002", "Too many requests"}, input_source::tiktok));
  const auto body = starred();
  for (int expected : {1, 5, 30, 120}) {
    h.answer_fetch(body);
    CHECK(h.current.state == received);
    CHECK(delay(h) == expected);
  }
  h.answer_fetch(body);
  CHECK(h.open_attention() == strings{"address_masked"});
}

TEST_CASE("another address is waited for anew") {
  auto h = awaiting();
  const auto body = starred();
  for (int i = 0; i < 5; ++i)
    h.answer_fetch(body);
  REQUIRE(h.current.facts.address_masked);
  h.take(address_webhook(paid_at + 4000));
  CHECK_FALSE(h.current.facts.address_masked);
  CHECK(h.wants_detail());
  CHECK(replayed_difference(h).empty());
}

TEST_CASE("only a masked address is given up: whatever else a detail lacks is asked for on and on") {
  auto h = awaiting();
  order_object o;
  o.address = false;
  o.lines.clear();
  for (int i = 0; i < 7; ++i)
    h.answer_fetch(o.json());
  CHECK(delay(h) == 900);
  CHECK(h.current.state == received);
  CHECK(h.open_attention() == strings{"detail_lagging"});
}

} // namespace orderly::test
