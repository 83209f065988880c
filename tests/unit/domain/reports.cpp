// Shipping is a promise first (DESIGN section 2; DECISIONS "Outbox").

#include "tests/unit/domain/report_support.hpp"

namespace orderly::test {

using enum order_state;
using strings = std::vector<std::string>;

TEST_CASE("shipped with a report is queued: the order stays processing until TikTok has it") {
  auto h = ready();
  const auto d = h.take(ship());
  CHECK(d.answer.report == "queued");
  CHECK(d.answer.pending == "report");
  CHECK(d.answer.state == processing);
  CHECK(d.events.size() == 1);
  CHECK(d.events[0].type == event_type::report_queued);
  REQUIRE(d.promises.size() == 1);
  CHECK(d.promises[0].ref == to_string(h.inputs.back().what.id));
  CHECK(d.promises[0].payload == json::object{{"tracking_number", tracking}, {"shipping_provider_id", a_provider}});
  CHECK(seconds_until(h, row(h)->due_at) == 0);
  CHECK(h.current.facts.reports.at(0).lines.size() == 2);
}

TEST_CASE("accepted, the order is shipped, and a fresh detail is wanted") {
  auto h = ready();
  h.take(ship());
  const auto in = answered(h, report_result::accepted);
  const auto d = h.take(in);
  CHECK(h.current.state == shipped);
  CHECK(h.current.facts.accepted_lines.size() == 2);
  CHECK(h.current.facts.reports.empty());
  CHECK(h.wants_detail());
  CHECK(row(h) == nullptr);
  CHECK(h.events.back().type == event_type::transitioned);
  CHECK(h.events.back().input == in.id);
  CHECK(h.events.back().source == "tiktok");
  CHECK_FALSE(h.events.back().detail.contains("inferred"));
  CHECK(string_at(d.events[0].detail, "package_id") == "1153132168123859123");
  CHECK(h.take(answered(in.id, report_result::accepted)).outcome == input_outcome::duplicate);
}

TEST_CASE("without known lines the whole order is accepted") {
  history h;
  order_object o;
  o.lines = {};
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at, true));
  h.answer_fetch(o.json());
  h.take(move(processing));
  h.take(ship());
  h.take(answered(h, report_result::accepted));
  CHECK(h.current.facts.order_accepted);
  CHECK(h.current.state == shipped);
}

TEST_CASE("a failed attempt is tried again, later and later, without an event until a person must look") {
  auto h = ready();
  h.take(ship());
  const auto version = h.current.version;
  int attempt = 0;
  for (int expected : {1, 5, 30, 120}) {
    const auto again = h.take(answered(h, report_result::try_again, ++attempt));
    CHECK(again.promises.at(0).attempt == attempt); // of another claim's lease the store keeps its hands
    CHECK(seconds_until(h, row(h)->due_at) == expected);
  }
  CHECK(h.current.version == version);
  for (int i = 0; i < 3; ++i) {
    h.take(answered(h, report_result::try_again, ++attempt));
    CHECK(seconds_until(h, row(h)->due_at) == 900);
    CHECK(h.open_attention() == strings{"report_lagging"});
  }
  CHECK(h.current.version == version + 1);
  CHECK(string_at(row(h)->payload, "tracking_number") == tracking);
}

TEST_CASE("a report that TikTok asks to put off is not tried before, nor sooner than the backoff") {
  auto h = ready();
  h.take(ship());
  int attempt = 0;
  for (const auto& [asked, expected] : std::vector<std::pair<int, int>>{{60, 60}, {0, 5}, {60, 60}, {60, 120}}) {
    auto put_off = std::get<report_answered>(answered(h, report_result::try_again, ++attempt).body);
    put_off.retry_after = std::chrono::seconds{asked};
    h.take(engine_input(put_off, input_source::tiktok));
    CHECK(seconds_until(h, row(h)->due_at) == expected);
  }
}

TEST_CASE("a report that lags is nobody's concern any more when it has ended, however") {
  for (int how = 0; how < 3; ++how) {
    auto h = ready();
    h.take(ship());
    h.take(answered(h, report_result::try_again, 5));
    REQUIRE(h.open_attention() == strings{"report_lagging"});
    h.take(how == 0 ? answered(h, report_result::accepted) : how == 1 ? answered(h, report_result::refused) : move(failed));
    CHECK(h.open_attention() == (how == 1 ? strings{"report_failed"} : strings{}));
  }
}

TEST_CASE("when the call of a withdrawn report ends and nobody knows how, the order is read") {
  auto h = ready();
  h.take(ship());
  const auto ref = ref_of(h);
  h.take(move(failed));
  CHECK(h.take(answered(ref, report_result::on_hold)).outcome == input_outcome::ignored);
  CHECK_FALSE(h.wants_detail());
  h.take(answered(ref, report_result::try_again));
  CHECK(h.wants_detail());
  order_object taken;
  taken.status = "IN_TRANSIT";
  taken.update_time += 100;
  h.answer_fetch(taken.json());
  CHECK(h.current.state == failed);
  CHECK(h.open_attention() == strings{"moved_after_failed"});
}

TEST_CASE("a line that is cancelled, in whatever spelling, is in no parcel") {
  for (const auto* spelling : {"CANCELLED", "CANCEL"}) {
    order_object o;
    o.lines[1].second = spelling;
    auto h = ready(o);
    h.take(ship());
    CHECK(h.current.facts.reports.at(0).lines == std::vector{line_item_id{o.lines[0].first}});
  }
}

TEST_CASE("a final refusal raises attention; the operator corrects and ships again") {
  for (auto result : {report_result::refused, report_result::cancelled}) {
    auto h = ready();
    h.take(ship());
    const auto d = h.take(answered(h, result));
    CHECK(d.promises.back().state == promise_state::failed);
    CHECK(h.current.state == processing);
    CHECK(h.open_attention() == strings{"report_failed"});
    CHECK(h.current.facts.reports.empty());
    h.take(ship());
    CHECK(h.open_attention().empty());
    h.take(answered(h, report_result::accepted));
    CHECK(h.current.state == shipped);
  }
}

TEST_CASE("while a report is pending another is refused") {
  auto h = ready();
  h.take(ship());
  const auto d = h.take(ship());
  CHECK(string_at(d.answer.refusal->details, "reason") == "report_pending");
}

TEST_CASE("with report off the order is shipped at once and TikTok is told nothing") {
  move_order wish;
  wish.to = shipped;
  wish.report = false;
  auto h = ready();
  const auto d = h.take(engine_input(wish));
  CHECK(d.answer.report == "off");
  CHECK(d.answer.state == shipped);
  CHECK(row(h) == nullptr);

  policy silent;
  silent.report_shipments = false;
  auto by_policy = ready({}, silent);
  CHECK(by_policy.take(move(shipped)).answer.report == "off");
  auto by_wish = ready({}, silent);
  wish.report = true;
  wish.tracking_number = tracking;
  wish.shipping_provider_id = a_provider;
  CHECK(by_wish.take(engine_input(wish)).answer.report == "queued");
}

TEST_CASE("orders that never were on hold are not reported before an hour after payment (sheet 8, case 26)") {
  history h;
  h.now = at_second(paid_at + 600);
  order_object o;
  o.update_time = paid_at + 1;
  o.on_hold_order = false;
  h.take(status_webhook("AWAITING_SHIPMENT", o.update_time, false));
  h.answer_fetch(o.json());
  h.take(ship());
  CHECK(row(h)->due_at == at_second(paid_at + 3600));

  history held;
  held.now = at_second(paid_at + 600);
  o.on_hold_order = true;
  held.take(detail_input(o.json(), held.now));
  held.take(ship());
  CHECK(seconds_until(held, row(held)->due_at) == 0);
}

TEST_CASE("shipped during ON_HOLD waits, and is due when the order enters processing (sheet 8, case 25)") {
  order_object o;
  o.status = "ON_HOLD";
  o.update_time = paid_at;
  o.address = false;
  auto h = ready(o);
  const auto d = h.take(ship());
  CHECK(d.outcome == input_outcome::applied);
  CHECK(d.answer.pending == "on_hold");
  CHECK(d.answer.report == "queued");
  CHECK(d.answer.state == received);
  CHECK(row(h)->state == promise_state::waiting);
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  CHECK(row(h)->state == promise_state::waiting); // the detail is not there yet
  h.answer_fetch(order_object{}.json());
  CHECK(h.current.state == processing);
  CHECK(row(h)->state == promise_state::open);
  CHECK(seconds_until(h, row(h)->due_at) == 0);
  CHECK(string_at(row(h)->payload, "tracking_number") == tracking);
  h.take(answered(h, report_result::accepted));
  CHECK(h.current.state == shipped);
}

TEST_CASE("when TikTok answers that the order is on hold, the report waits for the end of it") {
  history h;
  order_object o;
  o.status = "";
  h.take(hint_webhook(paid_at));
  h.answer_fetch(o.json());
  h.take(move(processing)); // no status is known yet
  h.take(ship());
  h.take(answered(h, report_result::on_hold));
  CHECK(row(h)->state == promise_state::waiting);
  const auto late = h.take(answered(h, report_result::try_again, 2));
  CHECK(late.outcome == input_outcome::ignored);
  REQUIRE(late.promises.size() == 1); // the row of that call must not stay due
  CHECK(late.promises.front().state == promise_state::waiting);
  CHECK(late.promises.front().attempt == 2);
  h.take(status_webhook("ON_HOLD", paid_at));
  CHECK(row(h)->state == promise_state::waiting);
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at + 3600));
  CHECK(row(h)->state == promise_state::open);
}

TEST_CASE("when the hold has ended for us but not yet for TikTok, the report is tried again") {
  auto h = ready();
  h.take(ship());
  h.take(answered(h, report_result::on_hold, 2));
  CHECK(row(h)->state == promise_state::open);
  CHECK(seconds_until(h, row(h)->due_at) == 5);
  CHECK(h.wants_detail());
}

TEST_CASE("an observation of the shipment ships the order while the report is still unanswered") {
  auto h = ready();
  h.take(ship());
  h.take(status_webhook("AWAITING_COLLECTION", paid_at + 4000));
  CHECK(h.current.state == shipped);
  CHECK(row(h) != nullptr);
  h.take(answered(h, report_result::accepted));
  CHECK(h.current.state == shipped);
  CHECK(row(h) == nullptr);
}

TEST_CASE("a person's failure withdraws the report; if TikTok has it nevertheless, a person is told") {
  auto h = ready();
  h.take(ship());
  const auto ref = ref_of(h);
  const auto d = h.take(move(failed));
  CHECK(d.promises.at(0).state == promise_state::withdrawn);
  CHECK(h.current.facts.reports.empty());
  CHECK(h.open_attention().empty());
  CHECK(h.take(answered(ref, report_result::refused)).outcome == input_outcome::ignored);
  h.take(answered(ref, report_result::accepted)); // the call was under way
  CHECK(h.current.state == failed);
  CHECK(h.current.facts.accepted_lines.size() == 2);
  CHECK(h.open_attention() == strings{"shipped_after_failure"});
  CHECK(h.wants_detail());
}

TEST_CASE("CANCELLED and COMPLETED withdraw the report") {
  for (const auto* status : {"CANCELLED", "COMPLETED"}) {
    auto h = ready();
    h.take(ship());
    h.take(status_webhook(status, paid_at + 4000));
    CHECK(row(h) == nullptr);
    CHECK(h.current.facts.reports.empty());
    CHECK(reason_of_refusal(h, ship()) == (std::string{status} == "CANCELLED" ? "cancelled" : "completed"));
  }
}

TEST_CASE("during a hold an accepted report is noted and the move waits") {
  auto h = ready();
  h.take(ship());
  h.take(engine_input(hold_order{}));
  h.take(answered(h, report_result::accepted));
  CHECK(h.current.state == processing);
  CHECK(h.current.facts.accepted_lines.size() == 2);
  h.take(engine_input(release_order{}));
  CHECK(h.current.state == shipped);
}

TEST_CASE("an answer for an order that does not exist is ignored") {
  history h;
  CHECK(h.take(answered(input_id{}, report_result::accepted)).outcome == input_outcome::ignored);
}

} // namespace orderly::test
