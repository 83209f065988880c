// Whose order it is: what a person said of the shop gives way to what TikTok says, visibly; TikTok's word is final.

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {
namespace {

using strings = std::vector<std::string>;

const std::string mistyped = "7494049642642441612", another_shop = "7000000000000000001";

input posted(json::object order_data, const std::string& shop) {
  auto in = engine_input(create_order{std::move(order_data), shop_id{shop}});
  in.shop = shop_id{shop};
  return in;
}

/// The detail of the last event about the shop.
json::object told_of_shop(const history& h) {
  for (auto e = h.events.rbegin(); e != h.events.rend(); ++e)
    if (e->detail.contains("shop_id"))
      return e->detail;
  return {};
}

void belongs_to(history& h, const std::string& shop) {
  CHECK(h.current.facts.shop.str() == shop);
  CHECK_FALSE(h.current.facts.shop_claimed);
  const auto d = h.take(status_webhook("ON_HOLD", paid_at + 50, {}, another_shop));
  CHECK(d.outcome == input_outcome::dead);
  CHECK(d.dead == dead_letter_cause::shop_mismatch);
}

} // namespace

TEST_CASE("a shop that a person mistyped gives way to the first webhook, and the timeline says so") {
  for (bool with_detail : {false, true}) {
    history h;
    h.take(posted(with_detail ? order_object{}.json() : json::object{{"own", 1}}, mistyped));
    REQUIRE(h.current.facts.shop.str() == mistyped);
    CHECK(h.take(status_webhook("IN_TRANSIT", paid_at + 4000)).outcome == input_outcome::applied);
    CHECK(h.current.state == order_state::shipped);
    CHECK(told_of_shop(h) ==
          json::object{{"kind", "shop"}, {"shop_id", a_shop}, {"instead_of", mistyped}, {"shop_confirmed", true}});
    belongs_to(h, a_shop);
    CHECK(replayed_difference(h).empty());
  }
}

TEST_CASE("a stale webhook tells whose order it is all the same") {
  history h;
  auto object = order_object{};
  object.status = "DELIVERED";
  h.take(posted(object.json(), mistyped));
  CHECK(h.take(status_webhook("UNPAID", paid_at)).outcome == input_outcome::applied);
  belongs_to(h, a_shop);
}

TEST_CASE("a shop that a person named rightly is confirmed by the first webhook") {
  history h;
  h.take(posted(order_object{}.json(), a_shop));
  CHECK(h.current.facts.shop_claimed);
  h.take(hint_webhook(paid_at));
  belongs_to(h, a_shop);
}

TEST_CASE("a shop that a hint has confirmed is final, also when no detail ever came") {
  history h;
  h.take(posted({{"own", 1}}, a_shop));
  h.take(hint_webhook(paid_at));
  h.take(engine_input(fetch_failed{{1, 1}, false, "21008111", "no such order"}, input_source::tiktok));
  REQUIRE_FALSE(h.current.facts.detail_wanted_at);
  belongs_to(h, a_shop);
}

TEST_CASE("a shop that a person named is confirmed by the detail that it gives") {
  history h;
  h.take(posted({{"own", 1}}, a_shop));
  h.take(detail_input(order_object{}.json(), h.now));
  belongs_to(h, a_shop);
}

TEST_CASE("a person may correct the shop by posting the same order again, until TikTok has spoken") {
  history h;
  h.take(posted({{"own", 1}}, mistyped));
  CHECK(h.take(posted({{"own", 1}}, a_shop)).outcome == input_outcome::applied);
  CHECK(h.current.facts.shop.str() == a_shop);
  CHECK(h.current.facts.shop_claimed);
  CHECK(h.take(posted({{"own", 2}}, another_shop)).answer.refusal->code == error_code::order_exists);
  CHECK(h.current.facts.shop.str() == a_shop);
  h.take(hint_webhook(paid_at));
  CHECK(h.take(posted({{"own", 1}}, another_shop)).answer.refusal->code == error_code::shop_mismatch);
}

TEST_CASE("the shop of a row that somebody inserted gives way too, whatever comes first") {
  for (bool noted_first : {false, true}) {
    history h;
    h.current.id = order_id{*uuid_from("01890000-0000-7000-8000-000000000001")};
    h.current.facts.shop = shop_id{mistyped};
    if (noted_first)
      h.take(engine_input(add_note{"free text"}));
    h.take(status_webhook("UNPAID", paid_at));
    CHECK(string_at(told_of_shop(h), "instead_of") == mistyped);
    belongs_to(h, a_shop);
  }
}

TEST_CASE("so does the shop of an order that was posted before such words had a mark") {
  history h;
  h.take(posted({{"own", 1}}, mistyped));
  h.current.facts.shop_claimed = false;
  h.take(status_webhook("UNPAID", paid_at));
  belongs_to(h, a_shop);
}

TEST_CASE("the answer to a call that was made to the shop which gave way is nothing to keep") {
  history h;
  h.take(posted({{"own", 1}}, mistyped));
  h.take(status_webhook("UNPAID", paid_at));
  auto late = engine_input(fetch_failed{{1, 1}, false, "21008111", "free text"}, input_source::tiktok);
  late.shop = shop_id{mistyped};
  CHECK(h.take(late).outcome == input_outcome::ignored);
  CHECK(h.wants_detail());
}

TEST_CASE("the region of a shop that gave way goes with it") {
  history h;
  auto object = order_object{};
  h.take(posted(object.json(), mistyped));
  h.current.facts.shop_region = "TH";
  h.take(hint_webhook(paid_at));
  CHECK(h.current.facts.shop_region.empty());
}

} // namespace orderly::test
