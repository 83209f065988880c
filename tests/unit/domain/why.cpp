// Why an order does not move: each cause alone, each beside its neighbour, and nothing where nothing is wrong.

#include "tests/unit/domain/why_support.hpp"

using namespace orderly;
using namespace orderly::test;

TEST_CASE("an order that is ready waits for a person, with what may be done, and by when") {
  const auto answer = asked{in_processing()}.answer();
  REQUIRE(codes_of(answer) == codes{"waits_for_person"});
  CHECK(answer.causes[0].evidence[0].text == "allowed now: shipped, failed");
  CHECK(answer.causes[0].remedy.command == "orderly transition " + an_order + " shipped --tracking NUMBER --provider ID");
  CHECK(answer.not_it.size() == 12);
  CHECK(answer.not_known.empty());
  auto object = order_object{}.json();
  object["rts_sla_time"] = paid_at + 86400;
  auto h = heard_of();
  h.answer_fetch(object);
  const auto late = asked{h}.answer();
  REQUIRE(late.deadline);
  CHECK(late.deadline->what == "ship");
  CHECK(late.deadline->at == at_second(paid_at + 86400));
}

TEST_CASE("an order at its end says so, and says whether it could be retried") {
  auto h = in_processing();
  h.take(move(order_state::failed));
  const auto by_hand = asked{h}.answer();
  REQUIRE(codes_of(by_hand) == codes{"at_end"});
  CHECK(by_hand.causes[0].remedy.api == "POST /api/v1/orders/" + an_order + "/retry");
  auto delivered = in_processing();
  delivered.take(status_webhook("DELIVERED", paid_at + 9000));
  REQUIRE(delivered.current.state == order_state::delivered);
  const auto answer = asked{delivered}.answer();
  REQUIRE(codes_of(answer) == codes{"at_end"});
  CHECK(answer.causes[0].remedy.api.empty());
  auto cancelled = in_processing();
  cancelled.take(status_webhook("CANCELLED", paid_at + 9000));
  order_object object;
  object.status = "CANCELLED";
  object.update_time = paid_at + 9000;
  cancelled.answer_fetch(object.json());
  REQUIRE(cancelled.current.state == order_state::failed);
  CHECK(asked{cancelled}.all() == codes{"at_end"});
}

TEST_CASE("what is at its end is held up by nothing: no hold, no shop, no store") {
  auto h = in_processing();
  h.take(status_webhook("DELIVERED", paid_at + 9000));
  asked a{h};
  a.what.order.held = true;
  a.around.obstacle = shop_obstacle::not_connected;
  a.around.store_commits = false;
  CHECK(a.all() == codes{"at_end"});
}

TEST_CASE("a shipped order waits for TikTok's word") {
  auto h = in_processing();
  h.take(status_webhook("IN_TRANSIT", paid_at + 9000));
  REQUIRE(h.current.state == order_state::shipped);
  const auto answer = asked{h}.answer();
  REQUIRE(codes_of(answer) == codes{"waits_for_person"});
  CHECK(answer.causes[0].of == why_class::tiktok);
  CHECK(answer.causes[0].remedy.api.empty());
}

TEST_CASE("an unreadable row is the first cause, and what its facts would have told is not claimed") {
  asked a{in_processing()};
  a.what.unreadable = "stored facts of order " + an_order + " cannot be read: not a JSON object";
  auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"unreadable"});
  CHECK(answer.not_it == std::vector{why_code::quarantined, why_code::store_failing, why_code::held});
  REQUIRE(answer.not_known.size() == 1);
  CHECK(answer.not_known[0].what == "facts");
  a.what.attention.push_back({"quarantined", a.around.now});
  CHECK(a.all() == codes{"unreadable", "quarantined"});
}

TEST_CASE("a quarantine is named with its time and the restart that lifts it, before a store that fails") {
  asked a{in_processing()};
  a.what.attention.push_back({"quarantined", a.around.now - std::chrono::minutes{5}});
  const auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"quarantined"});
  CHECK(answer.causes[0].since == a.around.now - std::chrono::minutes{5});
  CHECK(answer.causes[0].remedy.api == "POST /api/v1/actors/" + an_order + "/restart");
  a.around.store_commits = false;
  CHECK(a.all() == codes{"quarantined", "store_failing"});
}

TEST_CASE("a store that fails is the engine's, and comes before a hold") {
  auto h = in_processing();
  asked a{h};
  a.around.store_commits = false;
  const auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"store_failing"});
  CHECK(answer.causes[0].of == why_class::engine);
  h.take(engine_input(hold_order{}));
  asked both{h};
  both.around.store_commits = false;
  CHECK(both.all() == codes{"store_failing", "held"});
}

TEST_CASE("whoever cannot look at the store calls nothing fine") {
  asked a{in_processing()};
  a.around.store_commits = std::nullopt;
  const auto answer = a.answer();
  CHECK(answer.causes.empty());
  REQUIRE(answer.not_known.size() == 1);
  CHECK(answer.not_known[0].what == "store_failing");
  CHECK(std::find(answer.not_it.begin(), answer.not_it.end(), why_code::store_failing) == answer.not_it.end());
  CHECK(answer.sentence.find("not everything") != std::string::npos);
}

TEST_CASE("a hold says who and since when, and comes before a shop that is not connected") {
  auto h = in_processing();
  const auto when = h.now;
  h.take(engine_input(hold_order{}));
  asked a{h};
  const auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"held"});
  CHECK(answer.causes[0].since == when);
  CHECK(answer.causes[0].evidence[0].source == "event");
  CHECK(answer.causes[0].evidence[0].ref == std::to_string(h.events.back().seq));
  CHECK(answer.sentence.find("held by anna") != std::string::npos);
  CHECK(answer.causes[0].remedy.command == "orderly order " + an_order + " release");
  a.around.obstacle = shop_obstacle::not_connected;
  CHECK(a.all() == codes{"held", "shop_stopped"});
  h.take(engine_input(release_order{}));
  CHECK(asked{h}.all() == codes{"waits_for_person"});
}

TEST_CASE("a cancelled order that is held is not at its end: its last move waits for the release") {
  history h;
  h.take(status_webhook("ON_HOLD", paid_at + 10));
  h.take(engine_input(hold_order{}));
  h.take(status_webhook("CANCELLED", paid_at + 9000));
  order_object object;
  object.status = "CANCELLED";
  object.update_time = paid_at + 9000;
  h.answer_fetch(object.json());
  REQUIRE(h.current.state == order_state::received);
  CHECK(asked{h}.all() == codes{"held"});
  h.take(engine_input(release_order{}));
  CHECK(asked{h}.all() == codes{"at_end"});
}

TEST_CASE("a shop that cannot be called stops what is to be shipped through it, and says why") {
  auto h = in_processing();
  asked a{h};
  for (const auto& [why, words] :
       {std::pair{shop_obstacle::not_connected, "not connected"}, std::pair{shop_obstacle::token_expired, "token has expired"},
        std::pair{shop_obstacle::deauthorized, "withdrawn"}, std::pair{shop_obstacle::inactive, "suspended"}}) {
    a.around.obstacle = why;
    const auto answer = a.answer();
    REQUIRE(codes_of(answer) == codes{"shop_stopped"});
    CHECK(answer.causes[0].evidence[0].ref == a_shop);
    CHECK(answer.sentence.find(words) != std::string::npos);
  }
  a.around.rules.report_shipments = false; // then it is shipped without a call
  CHECK(a.all() == codes{"waits_for_person"});
  h.take(status_webhook("IN_TRANSIT", paid_at + 9000));
  asked shipped{h};
  shipped.around.obstacle = shop_obstacle::not_connected;
  CHECK(shipped.all() == codes{"waits_for_person"}); // what is left is told by webhooks
}

TEST_CASE("an order whose shop nobody knows is stopped by it only where something is to be asked of it") {
  auto h = heard_of();
  asked a{h};
  a.what.order.facts.shop = {};
  a.around.obstacle = shop_obstacle::not_connected;
  CHECK(a.all() == codes{"shop_stopped", "detail_waiting"});
  history by_hand;
  create_order wish;
  wish.order_data = {{"note", "by hand"}};
  by_hand.take(engine_input(wish));
  asked b{by_hand};
  b.around.obstacle = shop_obstacle::not_connected;
  CHECK(b.all() == codes{"waits_for_person"});
}

TEST_CASE("a refused move is a cause while nothing has changed since, and only a guard's refusal is") {
  auto h = in_processing();
  auto wish = ship();
  std::get<move_order>(wish.body).tracking_number.clear();
  h.take(wish);
  REQUIRE(h.events.back().type == event_type::refused);
  const auto answer = asked{h}.answer();
  REQUIRE(codes_of(answer) == codes{"guard_refused"});
  CHECK(answer.causes[0].evidence[0].text.find("anna asked for shipped") != std::string::npos);
  CHECK(answer.causes[0].remedy.text == "Ask again with a tracking number.");
  h.take(engine_input(add_note{"looked at it"}));
  CHECK(asked{h}.all() == codes{"waits_for_person"});
  h.take(move(order_state::delivered)); // no legal move
  REQUIRE(h.events.back().type == event_type::refused);
  CHECK(asked{h}.all() == codes{"waits_for_person"});
}

TEST_CASE("a refused retry holds up no order that is cancelled") {
  auto h = in_processing();
  h.take(status_webhook("CANCELLED", paid_at + 9000));
  order_object object;
  object.status = "CANCELLED";
  object.update_time = paid_at + 9000;
  h.answer_fetch(object.json());
  REQUIRE(h.current.state == order_state::failed);
  h.take(move(order_state::processing));
  REQUIRE(h.events.back().type == event_type::refused);
  CHECK(asked{h}.all() == codes{"at_end"});
}

TEST_CASE("beside TikTok's hold the refused move is named too, after it") {
  history h;
  h.take(status_webhook("ON_HOLD", paid_at + 10));
  order_object object;
  object.status = "ON_HOLD";
  object.update_time = paid_at + 10;
  object.address = false;
  h.answer_fetch(object.json());
  h.take(move(order_state::processing));
  CHECK(asked{h}.all() == codes{"tiktok_hold", "guard_refused"});
}

TEST_CASE("an order whose rows could not be read at all is not judged") {
  const why_surroundings around{at_second(paid_at), {}, true, {}};
  const auto answer = why_unread("the store cannot be read now", around);
  CHECK(answer.causes.empty());
  REQUIRE(answer.not_known.size() == 1);
  CHECK(answer.not_known[0].what == "order");
  CHECK(answer.not_it == std::vector{why_code::store_failing});
  auto failing = around;
  failing.store_commits = false;
  CHECK(codes_of(why_unread("the store cannot be read now", failing)) == codes{"store_failing"});
}

TEST_CASE("nothing of the buyer is told") {
  auto h = in_processing();
  h.take(ship());
  const auto answer = asked{h}.answer();
  for (const auto& cause : answer.causes) {
    std::string told = cause.sentence + cause.remedy.text + cause.remedy.command;
    for (const auto& each : cause.evidence)
      told += each.text;
    CHECK(told.find(tracking) == std::string::npos);
    CHECK(told.find("Alex") == std::string::npos);
  }
}
