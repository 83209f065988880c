// What people ask for: moves with their guards, hold and release, notes, attention, creation.

#include "tests/support/catch.hpp"
#include "tests/unit/domain/support.hpp"

namespace orderly::test {
namespace {

using enum order_state;
using strings = std::vector<std::string>;

/// An order in the state that TikTok's status leads to, with its detail.
history at_status(std::string status, policy rules = {}) {
  history h{rules};
  order_object o;
  o.status = std::move(status);
  if (o.status == "AWAITING_COLLECTION" || o.status == "IN_TRANSIT")
    o.rts_time = paid_at + 10;
  h.take(status_webhook(o.status, o.update_time));
  h.answer_fetch(o.json());
  return h;
}

history by_hand() {
  history h;
  h.take(engine_input(create_order{{{"own", "A-17"}}}));
  return h;
}

/// Refused as an event, with nothing else changed.
error refused(history& h, const input& in) {
  const auto before = h.current;
  const auto d = h.take(in);
  REQUIRE(d.outcome == input_outcome::refused);
  REQUIRE(d.events.size() == 1);
  CHECK(d.events[0].type == event_type::refused);
  CHECK(d.events[0].actor == "anna");
  CHECK(string_at(d.events[0].detail, "code") == name_of(d.answer.refusal->code));
  CHECK(h.current.state == before.state);
  CHECK(h.current.facts == before.facts);
  CHECK(d.promises.empty());
  CHECK(d.answer.version == before.version + 1);
  return *d.answer.refusal;
}

std::string reason(const error& e) { return std::string{string_at(e.details, "reason")}; }

} // namespace

TEST_CASE("a command for an order that nobody knows is refused and leaves nothing") {
  for (const auto& in : {move(processing), ship(), engine_input(hold_order{}), engine_input(release_order{}),
                         engine_input(add_note{"x"}), engine_input(clear_attention{"x"})}) {
    history h;
    const auto d = h.take(in);
    CHECK(d.outcome == input_outcome::refused);
    CHECK(d.answer.refusal->code == error_code::order_not_found);
    CHECK(d.events.empty());
    CHECK(h.current.id.value.is_nil());
  }
}

TEST_CASE("an order of one's own is walked by hand from end to end") {
  auto h = by_hand();
  CHECK(h.current.state == received);
  CHECK_FALSE(h.wants_detail());
  CHECK(h.document == json::object{{"own", "A-17"}});
  CHECK(h.take(move(processing)).answer.state == processing);
  const auto d = h.take(move(shipped));
  CHECK(d.answer.state == shipped);
  CHECK(d.answer.report == "not_applicable");
  CHECK(d.answer.pending.empty());
  CHECK(h.take(move(delivered)).answer.state == delivered);
  CHECK(h.outbox.empty());
}

TEST_CASE("moves outside the table are refused with what is allowed, and the refusal is history") {
  for (auto from : all_order_states())
    for (auto to : all_order_states()) {
      if (is_legal(from, to))
        continue;
      auto h = by_hand();
      const auto path = shortest_path(received, from).value();
      for (auto step : path)
        h.take(move(step));
      const auto e = refused(h, move(to));
      INFO(name_of(from) << " -> " << name_of(to));
      CHECK(e.code == error_code::illegal_transition);
      json::array allowed;
      for (auto next : next_states(from))
        allowed.emplace_back(name_of(next));
      CHECK(e.details.at("allowed") == allowed);
    }
}

TEST_CASE("processing is refused with the reason while TikTok waits for the buyer") {
  auto unpaid = at_status("UNPAID");
  CHECK(reason(refused(unpaid, move(processing))) == "unpaid");
  auto on_hold = at_status("ON_HOLD");
  const auto e = refused(on_hold, move(processing));
  CHECK(e.code == error_code::guard_refused);
  CHECK(reason(e) == "on_hold");
  CHECK(int_at(e.details, "until") == paid_at + 3600);
}

TEST_CASE("an incomplete detail does not stop a person") {
  history h;
  h.take(status_webhook("AWAITING_SHIPMENT", paid_at));
  CHECK(h.take(move(processing)).answer.state == processing);
}

TEST_CASE("retry brings a failed order back to processing, and is refused from any other state with what is allowed there") {
  move_order retry;
  retry.to = processing;
  retry.retry = true;
  for (auto from : all_order_states()) {
    INFO(name_of(from));
    auto h = by_hand();
    const auto path = shortest_path(received, from).value();
    for (auto step : path)
      h.take(move(step));
    if (from == failed) {
      CHECK(h.take(engine_input(retry)).answer.state == processing);
      continue;
    }
    const auto e = refused(h, engine_input(retry));
    CHECK(e.code == error_code::illegal_transition);
    CHECK(e.details.at("allowed").as_array().size() == next_states(from).size());
  }
}

TEST_CASE("retry is refused while TikTok says CANCELLED, COMPLETED, UNPAID or ON_HOLD") {
  const std::vector<std::pair<std::string, std::string>> reasons{
      {"CANCELLED", "cancelled"}, {"COMPLETED", "completed"}, {"UNPAID", "unpaid"}, {"ON_HOLD", "on_hold"}};
  for (const auto& [status, why] : reasons) {
    history h;
    h.take(status_webhook("UNPAID", paid_at - 10));
    h.take(move(failed));
    h.take(status_webhook(status, paid_at));
    CHECK(reason(refused(h, move(processing))) == why);
  }
}

TEST_CASE("a person's failure has a reason of its own and a retry takes it back") {
  auto h = at_status("AWAITING_SHIPMENT");
  h.take(move(failed));
  CHECK(h.current.state == failed);
  CHECK(h.current.failure == failure_kind::by_operator);
  CHECK(string_at(h.events.back().detail, "failure") == "operator");
  h.take(move(processing));
  CHECK(h.current.state == processing);
  CHECK(h.current.failure == failure_kind::none);
}

TEST_CASE("a derived move never leaves failed; that the order moved on is told") {
  auto h = at_status("AWAITING_SHIPMENT");
  h.take(move(failed));
  h.take(status_webhook("AWAITING_COLLECTION", paid_at + 4000));
  CHECK(h.current.state == failed);
  CHECK(h.open_attention() == strings{"moved_after_failed"});
  h.take(move(processing)); // the retry derives from what is known by now
  CHECK(h.current.state == shipped);
  CHECK(h.open_attention().empty());
}

TEST_CASE("that a failed order moved on stays told, and cleared once cleared, before a COMPLETED has its detail") {
  for (bool cleared : {false, true}) {
    auto h = at_status("AWAITING_SHIPMENT");
    h.take(move(failed));
    h.take(status_webhook("IN_TRANSIT", paid_at + 4000));
    if (cleared)
      h.take(engine_input(clear_attention{"moved_after_failed"}));
    h.take(status_webhook("COMPLETED", paid_at + 5000));
    CHECK(h.open_attention() == (cleared ? strings{} : strings{"moved_after_failed"}));
  }
}

TEST_CASE("a wrong expected version is an input only") {
  auto h = at_status("AWAITING_SHIPMENT");
  move_order wish;
  wish.to = failed;
  wish.expected_version = h.current.version - 1;
  const auto before = h.current;
  const auto d = h.take(engine_input(wish));
  CHECK(d.answer.refusal->code == error_code::version_conflict);
  CHECK(int_at(d.answer.refusal->details, "version") == before.version);
  CHECK(d.events.empty());
  CHECK(h.current == before);
  wish.expected_version = h.current.version;
  CHECK(h.take(engine_input(wish)).answer.state == failed);
}

TEST_CASE("during a hold facts flow and moves wait; release derives once from the newest") {
  auto h = at_status("AWAITING_SHIPMENT");
  CHECK(h.take(engine_input(hold_order{"free text"})).outcome == input_outcome::applied);
  CHECK(h.current.held);
  CHECK(h.take(engine_input(hold_order{"free text"})).outcome == input_outcome::duplicate);
  CHECK(refused(h, move(failed)).code == error_code::held);
  CHECK(refused(h, ship()).code == error_code::held);
  h.take(status_webhook("AWAITING_COLLECTION", paid_at + 4000));
  h.take(status_webhook("DELIVERED", paid_at + 5000));
  h.take(status_webhook("GIFT_WRAPPING", paid_at + 6000));
  CHECK(h.current.state == processing);
  CHECK(h.open_attention() == strings{"unknown_status"});
  CHECK(h.wants_detail());
  const auto d = h.take(engine_input(release_order{}));
  CHECK(h.current.state == delivered);
  CHECK_FALSE(h.current.held);
  CHECK(d.events.size() == 3);
  CHECK(h.take(engine_input(release_order{})).outcome == input_outcome::duplicate);
}

TEST_CASE("a note is an event without its text") {
  auto h = by_hand();
  h.take(engine_input(add_note{"free text"}));
  CHECK(h.events.back().type == event_type::note);
  CHECK(h.events.back().detail.empty());
  CHECK(h.events.back().actor == "anna");
}

TEST_CASE("attention is cleared once") {
  history h;
  h.take(status_webhook("GIFT_WRAPPING", paid_at));
  CHECK(h.take(engine_input(clear_attention{"unknown_status"})).outcome == input_outcome::applied);
  CHECK(h.open_attention().empty());
  CHECK(h.take(engine_input(clear_attention{"unknown_status"})).outcome == input_outcome::duplicate);
  h.take(status_webhook("RECALLED", paid_at - 10));
  h.take(hint_webhook(paid_at));
  CHECK(h.open_attention().empty()); // nothing new about it
}

TEST_CASE("the same order posted again is no news, another body is a conflict") {
  auto h = by_hand();
  const auto before = h.current;
  CHECK(h.take(engine_input(create_order{{{"own", "A-17"}}})).outcome == input_outcome::duplicate);
  const auto d = h.take(engine_input(create_order{{{"own", "A-18"}}}));
  CHECK(d.answer.refusal->code == error_code::order_exists);
  CHECK(d.events.empty());
  CHECK(h.current == before);
}

TEST_CASE("posted with TikTok's own id it is a detail, and the same again stays the same after TikTok's own came") {
  history h;
  const auto posted = engine_input(create_order{order_object{}.json()});
  const auto d = h.take(posted);
  CHECK(d.answer.created);
  CHECK(h.current.state == processing);
  CHECK_FALSE(h.wants_detail());
  order_object o;
  o.status = "IN_TRANSIT";
  o.update_time += 10;
  h.take(detail_input(o.json(), h.now));
  CHECK(h.current.state == shipped);
  CHECK(h.take(engine_input(create_order{order_object{}.json()})).outcome == input_outcome::duplicate);
}

TEST_CASE("an order that a webhook created is not created again") {
  history h;
  h.take(status_webhook("UNPAID", paid_at));
  CHECK(h.take(engine_input(create_order{{{"own", 1}}})).answer.refusal->code == error_code::order_exists);
}

TEST_CASE("a row inserted by hand is adopted by the same body only") {
  history h;
  h.current.id = order_id{*uuid_from("01890000-0000-7000-8000-000000000001")};
  h.document = {{"own", "A-17"}};
  auto other = h;
  CHECK(other.take(engine_input(create_order{{{"own", "A-18"}}})).answer.refusal->code == error_code::order_exists);
  CHECK(other.current.version == 0);
  const auto d = h.take(engine_input(create_order{{{"own", "A-17"}}}));
  CHECK(d.outcome == input_outcome::applied);
  CHECK_FALSE(d.answer.created);
  CHECK(h.current.version == 1);
}

TEST_CASE("the buttons know what would be refused") {
  const auto why = [](const history& h, order_state to) {
    const auto e = blocked_because(h.current, to, h.rules);
    return !e ? std::string{} : e->code == error_code::guard_refused ? reason(*e) : std::string{name_of(e->code)};
  };
  auto h = at_status("AWAITING_SHIPMENT");
  CHECK(why(h, shipped).empty());
  CHECK(why(h, failed).empty());
  CHECK(why(h, delivered) == "illegal_transition");
  h.take(ship());
  CHECK(why(h, shipped) == "report_pending");
  h.take(engine_input(hold_order{}));
  CHECK(why(h, failed) == "held");
  CHECK(why(at_status("UNPAID"), processing) == "unpaid");
  CHECK(why(at_status("ON_HOLD"), processing) == "on_hold");
  CHECK(why(at_status("ON_HOLD"), shipped).empty()); // it is kept until the hold ends
}

} // namespace orderly::test
