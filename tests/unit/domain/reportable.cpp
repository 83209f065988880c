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
    o.region = region;
    CHECK(reason_for(o) == "not_supported");
  }
}

TEST_CASE("regions that mark packages as shipped can be reported, and one that is not known yet") {
  for (const auto* region : {"US", "GB", "UK", "ES", "IE", "IT", "DE", "FR", "JP", ""}) {
    order_object o;
    o.region = region;
    auto h = ready(o);
    INFO(region);
    CHECK(h.take(ship()).answer.report == "queued");
  }
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
