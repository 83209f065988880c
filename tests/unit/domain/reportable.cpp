// Which shipments can be reported to TikTok, and why the others are refused.

#include "tests/unit/domain/report_support.hpp"

namespace orderly::test {

using enum order_state;

TEST_CASE("tracking number and provider are needed, blanks are nothing") {
  move_order no_number;
  no_number.tracking_number = " \t";
  no_number.shipping_provider_id = a_provider;
  CHECK(reason_for({}, no_number) == "tracking_number_missing");
  move_order no_provider;
  no_provider.tracking_number = tracking;
  no_provider.shipping_provider_id = " ";
  CHECK(reason_for({}, no_provider) == "shipping_provider_missing");
}

TEST_CASE("what cannot be reported yet, or not by hand, is refused with the reason") {
  order_object o;
  o.shipping = "TIKTOK";
  CHECK(reason_for(o) == "not_supported");
  o.shipping = "TIKTOK_DIGITAL";
  CHECK(reason_for(o) == "fulfilled_by_tiktok");
  o.shipping = "SELLER";
  o.fulfillment = "FULFILLMENT_BY_TIKTOK";
  CHECK(reason_for(o) == "fulfilled_by_tiktok");
  for (const auto* region : {"BR", "TH", "MX"}) {
    o = {};
    o.shop_region = region;
    CHECK(reason_for(o) == "not_supported");
  }
}

TEST_CASE("shops whose region marks packages as shipped can report, and one whose region is not known yet") {
  for (const auto* region : {"US", "GB", "UK", "ES", "IE", "IT", "DE", "FR", "JP", ""}) {
    order_object o;
    o.shop_region = region;
    auto h = ready(o);
    INFO(region);
    CHECK(h.take(ship()).answer.report == "queued");
  }
}

TEST_CASE("the shop's region decides, wherever the buyer lives") {
  for (const auto& [shop, buyer] : std::vector<std::pair<std::string, std::string>>{{"DE", "AT"}, {"GB", "GG"}, {"US", "BR"}}) {
    INFO(shop << " to " << buyer);
    order_object o;
    o.shop_region = shop;
    o.region = buyer;
    auto h = ready(o);
    CHECK(h.take(ship()).answer.report == "queued");
  }
  order_object o;
  o.shop_region = "TH";
  o.region = "US";
  CHECK(reason_for(o) == "not_supported");
}

TEST_CASE("the shop's region is known from the newest detail on, also where the detail has nothing else to tell") {
  auto h = ready();
  CHECK(h.current.facts.shop_region == "US");
  CHECK(h.take(detail_input(order_object{}.json(), h.now, {}, "US")).outcome == input_outcome::duplicate);
  CHECK(h.take(detail_input(order_object{}.json(), h.now, {}, "GB")).outcome == input_outcome::applied);
  CHECK(h.current.facts.shop_region == "GB");
  CHECK(replayed_difference(h).empty());
}

TEST_CASE("when every line is cancelled and the order is not, there is nothing to ship") {
  order_object o;
  for (auto& line : o.lines)
    line.second = "CANCELLED";
  CHECK(reason_for(o) == "nothing_to_ship");
  move_order named;
  named.lines = {line_item_id{o.lines[0].first}};
  CHECK(reason_for(o, named) == "nothing_to_ship");
  move_order quietly;
  quietly.report = false;
  CHECK(reason_for(o, quietly) == "nothing_to_ship");
  const auto h = ready(o);
  const auto blocked = blocked_because(h.current, shipped, h.rules); // the console's button
  REQUIRE(blocked);
  CHECK(string_at(blocked->details, "reason") == "nothing_to_ship");
  CHECK_FALSE(blocked_because(h.current, failed, h.rules));
}

TEST_CASE("one parcel holds the whole order: all lines or none are named") {
  move_order wish;
  wish.lines = {line_item_id{"577086512123755123"}};
  CHECK(reason_for({}, wish) == "not_supported");
  wish.lines.emplace_back("1");
  CHECK(reason_for({}, wish) == "unknown_line");
  auto h = ready();
  wish.to = shipped;
  wish.tracking_number = tracking;
  wish.shipping_provider_id = a_provider;
  wish.lines = {line_item_id{"577086512123755124"}, line_item_id{"577086512123755123"}};
  CHECK(h.take(engine_input(wish)).outcome == input_outcome::applied);
  CHECK(row(h)->payload.at("line_item_ids").as_array().size() == 2);

  order_object o; // a cancelled line need not be named
  o.lines[1].second = "CANCELLED";
  auto partly = ready(o);
  wish.lines = {line_item_id{"577086512123755123"}};
  CHECK(partly.take(engine_input(wish)).outcome == input_outcome::applied);
  partly.take(answered(partly, report_result::accepted));
  CHECK(partly.current.state == shipped);
}

TEST_CASE("nothing is reported before the detail tells who ships the order and since when it is paid") {
  history h;
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  h.take(move(processing));
  CHECK(reason_of_refusal(h, ship()) == "detail_missing");
}

TEST_CASE("shipped while UNPAID is refused") {
  order_object o;
  o.status = "UNPAID";
  auto unpaid = ready(o);
  CHECK(unpaid.take(ship()).answer.refusal->code == error_code::illegal_transition);

  history processed; // a person was quicker than the news
  processed.take(hint_webhook(paid_at));
  processed.take(move(processing));
  processed.take(status_webhook("UNPAID", paid_at));
  CHECK(reason_of_refusal(processed, ship()) == "unpaid");
  move_order quietly;
  quietly.to = shipped;
  quietly.report = false;
  CHECK(reason_of_refusal(processed, engine_input(quietly)) == "unpaid");
}

} // namespace orderly::test
