// Why an order does not move: what is asked of TikTok Shop, and what it said.

#include "tests/unit/domain/why_support.hpp"

using namespace orderly;
using namespace orderly::test;

TEST_CASE("a refused report is shown with TikTok's code, until the order is shipped again") {
  auto h = being_reported();
  h.take(report_answer(h, report_result::refused, "21011025"));
  h.answer_fetch(order_object{}.json());
  asked a{h};
  const auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"report_failed"});
  CHECK(answer.causes[0].evidence[1].text == "TikTok 21011025 (refused_values)");
  CHECK(answer.causes[0].remedy.command.starts_with("orderly transition " + an_order + " shipped"));
  a.around.obstacle = shop_obstacle::token_expired;
  CHECK(a.all() == codes{"shop_stopped", "report_failed"});
  h.take(ship());
  CHECK(asked{h}.all() == codes{"report_waiting"});
}

TEST_CASE("a detail that TikTok refused is a cause while the order needs it") {
  auto h = heard_of();
  h.take(engine_input(fetch_failed{{8815, 1}, false, "21008111", "", h.now}, input_source::tiktok));
  CHECK(asked{h}.all() == codes{"detail_failed"});
  auto processing = in_processing();
  asked a{processing};
  a.what.attention.push_back({"detail_failed", a.around.now});
  CHECK(a.all() == codes{"waits_for_person"});
}

TEST_CASE("a detail that is asked for has its attempts, its last error and its next try") {
  asked a{heard_of()};
  CHECK(a.all() == codes{"detail_waiting"});
  a.fetch(3, a.around.now + std::chrono::seconds{30}, "36009002");
  auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"detail_waiting"});
  CHECK(answer.causes[0].until == a.around.now + std::chrono::seconds{30});
  CHECK(answer.causes[0].of == why_class::time);
  CHECK(answer.causes[0].evidence[0].ref == "8815");
  CHECK(answer.causes[0].evidence[0].text.find("attempts so far: 3, last error TikTok 36009002 (back_off)") != std::string::npos);
  CHECK(answer.sentence.find("failed 3 times") != std::string::npos);
  a.what.promises[0].lease_until = a.around.now + std::chrono::seconds{10};
  answer = a.answer();
  CHECK_FALSE(answer.causes[0].until);
  CHECK(answer.sentence.find("failed 2 times") != std::string::npos);
  CHECK(answer.sentence.find("a call is under way") != std::string::npos);
}

TEST_CASE("a fresh detail that an order could do without is no cause") {
  auto h = in_processing();
  h.take(address_webhook(paid_at + 9000));
  REQUIRE(h.wants_detail());
  CHECK(asked{h}.all() == codes{"waits_for_person"});
}

TEST_CASE("a report that fails is told apart from one that waits") {
  asked a{being_reported()};
  CHECK(a.all() == codes{"report_waiting"});
  a.report(4, a.around.now + std::chrono::seconds{38}, "36009002");
  const auto answer = a.answer();
  REQUIRE(codes_of(answer) == codes{"report_failing"});
  CHECK(answer.sentence.find("failed 4 times, the last time with TikTok 36009002 (back_off); the next try is at") !=
        std::string::npos);
  CHECK(answer.causes[0].until == a.around.now + std::chrono::seconds{38});
  a.report(0, a.around.now + std::chrono::minutes{20}, "");
  const auto waiting = a.answer();
  REQUIRE(codes_of(waiting) == codes{"report_waiting"});
  CHECK(waiting.causes[0].until == a.around.now + std::chrono::minutes{20});
}

TEST_CASE("a report asked for during a hold at TikTok waits for its end, beside the hold itself") {
  history h;
  h.take(status_webhook("ON_HOLD", paid_at + 10));
  order_object object;
  object.status = "ON_HOLD";
  object.update_time = paid_at + 10;
  object.on_hold_order = true;
  object.address = false;
  h.answer_fetch(object.json());
  CHECK(asked{h}.all() == codes{"tiktok_hold"});
  h.take(ship());
  const auto answer = asked{h}.answer();
  REQUIRE(codes_of(answer) == codes{"report_waiting", "tiktok_hold"});
  CHECK(answer.causes[0].of == why_class::tiktok);
}

TEST_CASE("TikTok's hold ends when its hour does, if the payment is known, and never in the past") {
  history h;
  h.now = at_second(paid_at + 60);
  h.take(status_webhook("ON_HOLD", paid_at + 10));
  order_object object;
  object.status = "ON_HOLD";
  object.update_time = paid_at + 10;
  object.address = false;
  h.answer_fetch(object.json());
  asked a{h};
  CHECK(a.answer().causes.at(0).until == at_second(paid_at + 3600));
  a.around.now = at_second(paid_at + 4000);
  CHECK_FALSE(a.answer().causes.at(0).until);
  history unpaid;
  unpaid.take(status_webhook("UNPAID", paid_at));
  const auto answer = asked{unpaid}.answer();
  REQUIRE(codes_of(answer) == codes{"tiktok_hold"});
  CHECK(answer.sentence.find("has not paid") != std::string::npos);
}
