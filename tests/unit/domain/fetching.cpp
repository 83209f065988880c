// The promise to fetch a detail: never lost, never kept for ever.

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

#include <algorithm>

namespace orderly::test {
namespace {

using enum order_state;
using strings = std::vector<std::string>;

constexpr outbox_ref a_promise{1, 1};

history awaiting() {
  history h;
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  return h;
}

std::int64_t delay(const history& h) {
  return std::chrono::duration_cast<std::chrono::seconds>(h.outbox.at({promise_kind::fetch_detail, ""}).due_at -
                                                          h.inputs.back().at)
      .count();
}

input failed_fetch(bool retry, const std::string& code, std::optional<timestamp> requested_at = {}) {
  return engine_input(fetch_failed{a_promise, retry, code, "free text", requested_at}, input_source::tiktok);
}

} // namespace

TEST_CASE("a complete detail settles the promise, fills the document and starts processing") {
  auto h = awaiting();
  const auto d = h.answer_fetch(order_object{}.json());
  CHECK(d.outcome == input_outcome::applied);
  CHECK(d.promises.size() == 1);
  CHECK(d.promises[0].state == promise_state::done);
  CHECK(h.types() == strings{"created", "fact_updated", "detail_updated", "transitioned"});
  CHECK(h.current.state == processing);
  CHECK(h.document == order_object{}.json());
  CHECK_FALSE(h.wants_detail());
}

TEST_CASE("at UNPAID and ON_HOLD lines are enough: the address comes later") {
  for (const auto* status : {"UNPAID", "ON_HOLD"}) {
    history h;
    h.take(status_webhook(status, paid_at));
    order_object o;
    o.status = status;
    o.update_time = paid_at;
    o.address = false;
    h.answer_fetch(o.json());
    CHECK_FALSE(h.wants_detail());
    CHECK_FALSE(detail_is_complete(h.current.facts));
  }
}

TEST_CASE(
    "a detail that is older than the status is used and fetched again: 1, 5, 30, 120 s, then every 15 minutes with attention") {
  auto h = awaiting();
  order_object o;
  o.status = "ON_HOLD";
  o.update_time = paid_at;
  o.address = false;
  h.answer_fetch(o.json());
  CHECK(h.current.facts.detail->status == "ON_HOLD");
  CHECK(delay(h) == 1);
  for (int expected : {5, 30, 120}) {
    h.answer_fetch(o.json());
    CHECK(delay(h) == expected);
    CHECK(h.open_attention().empty());
  }
  h.answer_fetch(o.json());
  CHECK(delay(h) == 900);
  CHECK(h.open_attention() == strings{"detail_lagging"});
  const auto version = h.current.version;
  const auto d = h.answer_fetch(o.json()); // from here on the wait changes no fact
  CHECK(delay(h) == 900);
  CHECK(d.outcome == input_outcome::duplicate);
  CHECK_FALSE(d.promises.at(0).keep_lease);
  CHECK(h.current.version == version);
  h.answer_fetch(order_object{}.json());
  CHECK(h.open_attention().empty());
  CHECK(h.current.facts.fetch_attempts == 0);
  CHECK_FALSE(h.wants_detail());
}

TEST_CASE("a masked address after ON_HOLD, or no lines, is fetched again") {
  for (int what = 0; what < 2; ++what) {
    auto h = awaiting();
    order_object o;
    what == 0 ? void(o.address = false) : o.lines.clear();
    h.answer_fetch(o.json());
    CHECK(h.current.state == received);
    CHECK(delay(h) == 1);
  }
}

TEST_CASE("orders that TikTok ships are complete with a masked address") {
  auto h = awaiting();
  order_object o;
  o.address = false;
  o.shipping = "TIKTOK";
  h.answer_fetch(o.json());
  CHECK_FALSE(h.wants_detail());
  CHECK(h.current.state == processing);
}

TEST_CASE("a detail asked for in the very instant it was wanted is an answer: what it lacks waits its turn") {
  auto h = awaiting();
  order_object o;
  o.address = false;
  h.take(detail_input(o.json(), *h.current.facts.detail_wanted_at, a_promise));
  CHECK(delay(h) == 1);
  auto complete = awaiting();
  complete.take(detail_input(order_object{}.json(), *complete.current.facts.detail_wanted_at, a_promise));
  CHECK_FALSE(complete.wants_detail());
}

TEST_CASE("a hint that comes while the call is under way asks again, at once") {
  auto h = awaiting();
  const auto asked = h.now;
  h.now += std::chrono::seconds{1};
  h.take(address_webhook(paid_at + 3700));
  const auto d = h.take(detail_input(order_object{}.json(), asked, a_promise));
  CHECK(h.current.state == processing); // it is used all the same
  CHECK(delay(h) == 0);
  CHECK_FALSE(d.promises.at(0).keep_lease);
  CHECK(h.current.facts.fetch_attempts == 0);

  // The same content, asked later: nothing is new but that nothing is wanted any more.
  const auto again = h.answer_fetch(order_object{}.json());
  CHECK(again.outcome == input_outcome::applied);
  CHECK(again.events.size() == 1);
  CHECK_FALSE(h.wants_detail());
}

TEST_CASE("the same content again is a duplicate") {
  auto h = awaiting();
  h.answer_fetch(order_object{}.json());
  const auto version = h.current.version;
  auto with_payment = order_object{}.json();
  with_payment["payment_card_type"] = "VISA"; // what a search lacks is no other content
  for (const auto& body : {order_object{}.json(), with_payment}) {
    const auto d = h.take(detail_input(body, h.now));
    CHECK(d.outcome == input_outcome::duplicate);
    CHECK(d.promises.empty());
    CHECK(h.current.version == version);
  }
}

TEST_CASE("reads that differ in the addresses of pictures alone are one detail, and the newest addresses are held") {
  auto h = awaiting();
  const auto read = [](const std::string& signature) {
    auto body = order_object{}.json();
    body["buyer_avatar"] = "https://p16.example.com/a.webp?x-signature=" + signature;
    body["line_items"].as_array()[0].as_object()["sku_image"] = "https://p19.example.com/b.jpg?x-signature=" + signature;
    return body;
  };
  for (int i = 1; i <= 6; ++i) {
    if (i > 1)
      h.take(hint_webhook(paid_at + i));
    h.answer_fetch(read(std::to_string(i)));
  }
  const auto types = h.types();
  CHECK(std::count(types.begin(), types.end(), "detail_updated") == 1);
  CHECK(h.document == read("6"));
  const auto unasked = h.take(detail_input(read("7"), h.now)); // a page of a sweep
  CHECK(unasked.outcome == input_outcome::duplicate);
  CHECK(unasked.events.empty());
  CHECK_FALSE(unasked.document);
  CHECK(replayed_difference(h).empty());
}

TEST_CASE("an equal detail that was asked for earlier takes no newer address away") {
  auto h = awaiting();
  const auto asked = h.now;
  h.now += std::chrono::seconds{1};
  auto newer = order_object{}.json(), older = newer;
  newer["buyer_avatar"] = "https://p16.example.com/new";
  older["buyer_avatar"] = "https://p16.example.com/old";
  h.answer_fetch(newer);
  h.take(hint_webhook(paid_at + 1));
  h.take(detail_input(older, asked, a_promise));
  CHECK(h.document == newer);
}

TEST_CASE("details are ordered by update time, then by when they were asked for") {
  auto h = awaiting();
  h.answer_fetch(order_object{}.json());
  const auto asked = h.current.facts.detail->requested_at;
  order_object o;
  o.note = "asked later";
  CHECK(h.take(detail_input(o.json(), asked + std::chrono::microseconds{1})).outcome == input_outcome::applied);
  CHECK(string_at(h.document, "seller_note") == "asked later");
  o.note = "asked earlier";
  CHECK(h.take(detail_input(o.json(), asked - std::chrono::microseconds{1})).outcome == input_outcome::stale);
  o.update_time -= 1;
  CHECK(h.take(detail_input(o.json(), asked + std::chrono::hours{1})).outcome == input_outcome::stale);
  CHECK(string_at(h.document, "seller_note") == "asked later");
}

TEST_CASE("a detail is an observation too: its status counts by the same clock") {
  history h;
  order_object o;
  o.status = "PARTIALLY_SHIPPING"; // no webhook names it (sheet 8, case 8)
  const auto d = h.take(detail_input(o.json(), h.now));
  CHECK(d.answer.created);
  CHECK(h.current.facts.status->status == tiktok_status::partially_shipping);
  CHECK(h.current.state == processing);
  CHECK_FALSE(h.wants_detail()); // it is the fresh detail that a new order asks for
}

TEST_CASE("a search page that brings less than the status asks for leads to a fetch") {
  history h;
  order_object o;
  o.address = false;
  h.take(detail_input(o.json(), h.now));
  CHECK(h.wants_detail());
  h.answer_fetch(order_object{}.json());
  CHECK_FALSE(h.wants_detail());
  CHECK(h.current.state == processing);
}

TEST_CASE("a search page asked for after the hint settles the promise") {
  auto h = awaiting();
  h.take(detail_input(order_object{}.json(), h.now));
  CHECK_FALSE(h.wants_detail());
}

TEST_CASE("masked data does not hide what was known: a person can still read the address") {
  auto h = awaiting();
  h.answer_fetch(order_object{}.json());
  order_object o;
  o.status = "IN_TRANSIT";
  o.update_time += 100;
  o.address = false;
  h.take(detail_input(o.json(), h.now));
  CHECK(h.current.facts.detail->address_clear);
  CHECK(string_at(h.document.at("recipient_address").as_object(), "name") == "Alex Example");
}

TEST_CASE("a fetch that failed for now is tried again, later and later") {
  auto h = awaiting();
  for (int expected : {1, 5, 30, 120, 900, 900}) {
    h.take(failed_fetch(true, "tiktok_unreachable"));
    CHECK(delay(h) == expected);
  }
  CHECK(h.open_attention() == strings{"detail_lagging"});
  h.take(hint_webhook(paid_at));
  CHECK(delay(h) == 0); // news begins anew
  CHECK(h.current.facts.fetch_attempts == 0);
  h.answer_fetch(order_object{}.json());
  CHECK(h.open_attention().empty());
}

TEST_CASE("a fetch that TikTok asks to put off is not tried before, nor sooner than the backoff") {
  auto h = awaiting();
  for (const auto& [asked, expected] : std::vector<std::pair<int, int>>{{60, 60}, {0, 5}, {60, 60}, {60, 120}}) {
    fetch_failed refused{a_promise, true, "36009002", "free text"};
    refused.retry_after = std::chrono::seconds{asked};
    h.take(engine_input(refused, input_source::tiktok));
    CHECK(delay(h) == expected);
  }
  CHECK(replayed_difference(h).empty());
}

TEST_CASE("a final error ends the promise with attention; news opens it again") {
  auto h = awaiting();
  const auto d = h.take(failed_fetch(false, "21008111"));
  CHECK(d.promises.at(0).state == promise_state::failed);
  CHECK(d.promises.at(0).last_error == "21008111");
  CHECK(h.open_attention() == strings{"detail_failed"});
  CHECK_FALSE(h.wants_detail());
  h.take(address_webhook(paid_at + 3700));
  CHECK(h.wants_detail());
  h.answer_fetch(order_object{}.json());
  CHECK(h.open_attention().empty());
}

TEST_CASE("a final error of a call that was made before the news came does not answer it") {
  auto h = awaiting();
  const auto asked = h.now;
  h.take(address_webhook(paid_at + 3700));
  h.take(failed_fetch(false, "21008111", asked - std::chrono::seconds{1}));
  CHECK(delay(h) == 0);
  CHECK(h.open_attention().empty());
  h.take(failed_fetch(false, "21008111", h.now));
  CHECK_FALSE(h.wants_detail());
  CHECK(h.open_attention() == strings{"detail_failed"});
}

TEST_CASE("once the clock has been set back, what is asked for then is newer than what it told ahead") {
  auto h = awaiting();
  h.answer_fetch(order_object{}.json());
  h.now -= std::chrono::minutes{1};
  h.take(address_webhook(paid_at + 3700));
  order_object moved;
  moved.note = "the new address";
  const auto asked = h.now;
  SECTION("the answer comes before the clock has caught up") {
    h.take(detail_input(moved.json(), asked, a_promise));
    CHECK_FALSE(h.wants_detail());
  }
  SECTION("it comes later, when it looks older than what is held: then it is asked for again") {
    h.now += std::chrono::minutes{2};
    h.take(detail_input(moved.json(), asked, a_promise));
    CHECK(delay(h) == 0);
    h.answer_fetch(moved.json());
    CHECK_FALSE(h.wants_detail());
  }
  SECTION("what it lacks waits its turn, and not until the clock has caught up") {
    moved.lines = {};
    h.take(detail_input(moved.json(), asked, a_promise));
    CHECK(delay(h) == 1);
  }
  CHECK(h.document == moved.json());
  CHECK(replayed_difference(h).empty());
}

TEST_CASE("a hint told by another engine's clock, which is a little ahead, is answered by no call that was made before it") {
  auto h = awaiting();
  const auto asked = h.now - std::chrono::seconds{1};
  h.now += std::chrono::seconds{3}; // the other engine's
  h.take(address_webhook(paid_at + 3700));
  const auto wanted = *h.current.facts.detail_wanted_at;
  h.now -= std::chrono::seconds{3};
  h.take(detail_input(order_object{}.json(), asked, a_promise));
  CHECK(h.wants_detail());
  CHECK(h.outbox.at({promise_kind::fetch_detail, ""}).due_at == wanted);
}

TEST_CASE("a status that only an older detail knows is news: a fresh one is wanted") {
  auto h = awaiting();
  const auto early = h.now;
  h.now += std::chrono::seconds{5};
  h.answer_fetch(order_object{}.json());
  order_object gone;
  gone.status = "CANCELLED";                // within the same second
  h.take(detail_input(gone.json(), early)); // asked first, answered last
  CHECK(h.current.facts.status->status == tiktok_status::cancelled);
  CHECK(h.wants_detail());
  h.answer_fetch(gone.json());
  CHECK(h.current.state == failed);
}

TEST_CASE("a shop that is not connected is waited for, visibly") {
  auto h = awaiting();
  for (int i = 0; i < 7; ++i)
    h.take(failed_fetch(false, "shop_not_connected"));
  CHECK(h.open_attention() == strings{"shop_not_connected"});
  CHECK(delay(h) == 900);
  h.answer_fetch(order_object{}.json());
  CHECK(h.open_attention().empty());
}

TEST_CASE("an answer that is no detail of this order is a failed fetch") {
  auto other = order_object{};
  other.id = "1";
  for (const auto& body : {json::object{}, other.json()}) {
    auto h = awaiting();
    h.answer_fetch(body);
    CHECK(delay(h) == 1);
    CHECK_FALSE(h.current.facts.detail);
    CHECK(h.take(detail_input(body, h.now)).outcome == input_outcome::ignored); // from a page: nobody waits for it
  }
  history nothing;
  CHECK(nothing.take(detail_input({}, nothing.now)).outcome == input_outcome::ignored);
  CHECK(nothing.current.version == 0);
}

TEST_CASE("an answer after everything was settled, or for an order that does not exist, is ignored") {
  auto h = awaiting();
  h.answer_fetch(order_object{}.json());
  CHECK(h.take(failed_fetch(true, "x")).outcome == input_outcome::ignored);
  history nothing;
  CHECK(nothing.take(failed_fetch(false, "x")).outcome == input_outcome::ignored);
}

} // namespace orderly::test
