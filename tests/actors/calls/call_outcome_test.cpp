// What TikTok's answers mean for a promise to ship.

#include "actors/calls/call_outcome.hpp"
#include "tests/support/catch.hpp"

using namespace orderly;

namespace {

outbox_row row() {
  outbox_row r;
  r.id = 7;
  r.attempt = 2;
  r.tiktok_order = tiktok_order_id{"576461413038785752"};
  r.kind = promise_kind::mark_shipped;
  r.ref = "01890a5d-ac96-774b-bcce-b302099a8057";
  r.payload = {{"tracking_number", "1Z"}, {"shipping_provider_id", "9"}, {"line_item_ids", json::array{"11", "12"}}};
  return r;
}

shipment_reply reply(call_class value) {
  shipment_reply r;
  r.outcome.result = value;
  r.package = package_id{"5"};
  return r;
}

} // namespace

TEST_CASE("the parcel of a row carries its lines, number and provider") {
  const auto parcel = shipment_of(row());
  CHECK(parcel.order.str() == "576461413038785752");
  CHECK(parcel.tracking_number == "1Z");
  CHECK(parcel.shipping_provider_id == "9");
  CHECK(parcel.lines == std::vector{line_item_id{"11"}, line_item_id{"12"}});
}

TEST_CASE("an answer that does not tell whether the parcel is taken asks for a read") {
  for (auto value : {call_class::already_shipped, call_class::reread, call_class::outcome_unknown})
    CHECK_FALSE(outcome_of(row(), reply(value)));
}

TEST_CASE("each class of answer has one meaning for the promise") {
  const auto meaning = [](call_class value) { return outcome_of(row(), reply(value))->result; };
  CHECK(meaning(call_class::ok) == report_result::accepted);
  CHECK(meaning(call_class::on_hold) == report_result::on_hold);
  CHECK(meaning(call_class::cancelled) == report_result::cancelled);
  for (auto value : {call_class::refused_values, call_class::final_refusal, call_class::our_fault, call_class::after_sale_open,
                     call_class::unknown_code})
    CHECK(meaning(value) == report_result::refused);
  for (auto value : {call_class::back_off, call_class::token_expired, call_class::not_authorized, call_class::shop_inactive,
                     call_class::clock_skew})
    CHECK(meaning(value) == report_result::try_again);
}

TEST_CASE("a read settles an earlier attempt by the tracking number") {
  const auto order_with = [](const char* tracking) {
    return json::object{
        {"line_items", json::array{json::object{{"id", "11"}, {"tracking_number", tracking}, {"package_id", "5"}}}}};
  };
  CHECK(outcome_by_reading(row(), order_with("1Z"))->result == report_result::accepted);
  CHECK(outcome_by_reading(row(), order_with("1Z"))->package.str() == "5");
  CHECK(outcome_by_reading(row(), order_with("2Y"))->result == report_result::refused);
  CHECK_FALSE(outcome_by_reading(row(), order_with("")));
  CHECK(outcome_by_reading(row(), json::object{{"rts_time", 1789482600}})->result == report_result::refused);
}

TEST_CASE("a fetch is given up only where the sheet says that no repeat can help") {
  const auto retries = [](call_class value) {
    detail_reply reply;
    reply.outcome.result = value;
    reply.requested_at = from_seconds(1789479000);
    const auto failed = failed_fetch(row(), reply);
    CHECK(failed.requested_at == reply.requested_at);
    return failed.retry;
  };
  for (auto value : {call_class::back_off, call_class::our_fault, call_class::not_authorized, call_class::unknown_code})
    CHECK(retries(value));
  CHECK_FALSE(retries(call_class::final_refusal));
}

TEST_CASE("how long TikTok asks to wait reaches whoever plans the next try") {
  detail_reply fetched;
  auto shipped = reply(call_class::back_off);
  fetched.outcome.result = call_class::back_off;
  fetched.outcome.retry_after = shipped.outcome.retry_after = std::chrono::seconds{60};
  CHECK(failed_fetch(row(), fetched).retry_after == std::chrono::seconds{60});
  CHECK(outcome_of(row(), shipped)->retry_after == std::chrono::seconds{60});
  CHECK(unreadable(row(), fetched.outcome).retry_after == std::chrono::seconds{60});
}

TEST_CASE("an outcome's key names the row and the attempt") {
  const auto in = outcome_input(row(), written_body{failed_fetch(row(), {})}, uuid{}, timestamp{});
  CHECK(in.dedupe_key == "o:7:2");
  CHECK(in.source == input_source::tiktok);
}

TEST_CASE("each row of a fetch gets what the answer says of its order, and its bytes say the same") {
  auto found = row(), left_out = row();
  found.id = 8;
  left_out.tiktok_order = tiktok_order_id{"576461413038785753"};
  detail_reply reply;
  reply.outcome.result = call_class::ok;
  reply.requested_at = from_seconds(1789479000);
  reply.orders = {parse_json(R"({"id":"1"})")->as_object(),
                  parse_json(R"({"id":576461413038785752,"weight":1.50,"long":1180591620717411303424})")->as_object()};
  const auto all = outcomes_of_fetch({found, left_out}, reply, "GB");
  REQUIRE(all.size() == 2);
  CHECK(all[0].body == input_body{fetched_detail{reply.orders[1], reply.requested_at, outbox_ref{8, 2}, "GB"}});
  CHECK(std::get<fetch_failed>(all[1].body).code == "not_returned");
  reply.outcome.result = call_class::back_off;
  const auto failed = outcomes_of_fetch({left_out}, reply, "GB");
  CHECK(failed.at(0).body == input_body{failed_fetch(left_out, reply)});
  for (const auto& one : {all[0], all[1], failed[0]})
    CHECK(parse_body(input_source::tiktok, type_of(one.body), *one.raw, {}).value() == one.body);
}
