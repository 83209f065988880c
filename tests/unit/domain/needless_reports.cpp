// A report that has nothing left to tell is withdrawn, and what called a person to it ends (DECISIONS "Outbox").

#include "tests/unit/domain/report_support.hpp"

namespace orderly::test {

using enum order_state;
using strings = std::vector<std::string>;

namespace {

/// Shipped by a person while TikTok said ON_HOLD: the report waits.
history shipped_on_hold() {
  order_object o;
  o.status = "ON_HOLD";
  o.update_time = paid_at;
  o.address = false;
  auto h = ready(o);
  h.take(ship());
  REQUIRE(row(h)->state == promise_state::waiting);
  return h;
}

/// The last report_failed of the history.
std::string why_withdrawn(const history& h) {
  for (auto e = h.events.rbegin(); e != h.events.rend(); ++e)
    if (e->type == event_type::report_failed)
      return std::string{string_at(e->detail, "result")} + ": " + std::string{string_at(e->detail, "why")};
  return "";
}

order_object gone(const std::string& status) {
  order_object o;
  o.status = status;
  o.update_time = paid_at + 4000;
  o.rts_time = paid_at + 3900;
  if (status == "DELIVERED")
    o.delivery_time = paid_at + 4000;
  return o;
}

} // namespace

TEST_CASE("a report that waited for the hold is not sent when the order has left with another parcel") {
  for (const auto& [status, state] :
       std::map<std::string, order_state>{{"AWAITING_COLLECTION", shipped}, {"IN_TRANSIT", shipped}, {"DELIVERED", delivered}}) {
    INFO(status);
    auto h = shipped_on_hold();
    const auto ref = ref_of(h);
    const auto d = h.take(status_webhook(status, paid_at + 4000));
    CHECK(row(h) == nullptr);
    CHECK(std::any_of(d.promises.begin(), d.promises.end(), [&](const promise_change& change) {
      return change.ref == to_string(ref) && change.state == promise_state::withdrawn;
    }));
    CHECK(h.current.state == state);
    CHECK(h.current.facts.reports.empty());
    CHECK(h.open_attention().empty());
    CHECK(why_withdrawn(h) == "withdrawn: shipped");
    h.answer_fetch(gone(status).json());
    CHECK(h.open_attention().empty());
  }
}

TEST_CASE("a queued report is withdrawn when the carrier has the order, held or not") {
  for (bool held : {false, true})
    for (const auto* status : {"IN_TRANSIT", "DELIVERED"}) {
      auto h = ready();
      h.take(ship());
      if (held)
        h.take(engine_input(hold_order{}));
      h.take(status_webhook(status, paid_at + 4000));
      INFO(status << " held " << held);
      CHECK(row(h) == nullptr);
      CHECK(h.open_attention().empty());
    }
}

TEST_CASE("AWAITING_COLLECTION may come of our own call, so a queued report is withdrawn with its detail only") {
  auto h = ready();
  h.take(ship());
  const auto ref = ref_of(h);
  h.take(status_webhook("AWAITING_COLLECTION", paid_at + 4000));
  CHECK(h.current.state == shipped);
  CHECK(row(h) != nullptr);
  h.answer_fetch(gone("AWAITING_COLLECTION").json());
  CHECK(row(h) == nullptr);
  CHECK(h.open_attention().empty());
  SECTION("the call's refusal is nobody's concern") {
    CHECK(h.take(answered(ref, report_result::refused)).outcome == input_outcome::ignored);
    CHECK(h.open_attention().empty());
  }
  SECTION("that TikTok took it after all is noted") {
    h.take(answered(ref, report_result::accepted));
    CHECK(h.current.facts.accepted_lines.size() == 2);
    CHECK(h.current.state == shipped);
    CHECK(h.open_attention().empty());
  }
}

TEST_CASE("nobody has to look at a refused report of an order that has left") {
  auto h = ready();
  h.take(ship());
  h.take(status_webhook("AWAITING_COLLECTION", paid_at + 4000));
  h.take(answered(h, report_result::refused));
  CHECK(row(h) == nullptr);
  CHECK(h.open_attention().empty());
}

TEST_CASE("a refused report calls for a person until the order has left, is closed, or is given up") {
  for (const auto* end : {"AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "CANCELLED", "COMPLETED", "given up"}) {
    INFO(end);
    auto h = ready();
    h.take(ship());
    h.take(answered(h, report_result::refused));
    REQUIRE(h.open_attention() == strings{"report_failed"});
    h.take(std::string{end} == "given up" ? move(failed) : status_webhook(end, paid_at + 4000));
    CHECK(h.open_attention().empty());
  }
}

TEST_CASE("that a given up order was shipped nevertheless calls for a person until it is retried") {
  auto h = ready();
  h.take(ship());
  const auto ref = ref_of(h);
  h.take(move(failed));
  h.take(answered(ref, report_result::accepted));
  REQUIRE(h.open_attention() == strings{"shipped_after_failure"});
  h.take(move(processing));
  CHECK(h.current.state == shipped);
  CHECK(h.open_attention().empty());
}

TEST_CASE("a person who ships without a report withdraws the one that was queued") {
  auto h = ready();
  h.take(ship());
  move_order quietly;
  quietly.to = shipped;
  quietly.report = false;
  const auto d = h.take(engine_input(quietly));
  CHECK(d.answer.report == "off");
  CHECK(h.current.state == shipped);
  CHECK(row(h) == nullptr);
  CHECK(why_withdrawn(h) == "withdrawn: shipped");
}

TEST_CASE("a report is withdrawn when every line is cancelled, though the order is not") {
  auto h = ready();
  h.take(ship());
  h.take(hint_webhook(paid_at + 3700));
  order_object o;
  for (auto& line : o.lines)
    line.second = "CANCELLED";
  h.answer_fetch(o.json());
  CHECK(row(h) == nullptr);
  CHECK(h.current.state == processing);
  CHECK(why_withdrawn(h) == "withdrawn: nothing_to_ship");
  CHECK(h.open_attention().empty());
}

} // namespace orderly::test
