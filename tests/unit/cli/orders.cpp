// Orders, commands, refusals and causes, as the command line shows them.
#include "tests/support/catch.hpp"
#include "tools/orderly/view/order_views.hpp"

using namespace orderly;
using namespace orderly::view;

namespace {

const timestamp noon = *from_rfc3339("2026-11-27T12:00:00Z");
const style at_80{.width = 80, .bounded = true, .utf8 = false, .now = noon};
const style into_a_pipe{.width = 80, .bounded = false, .utf8 = true, .now = noon};

json::object read(std::string_view text) { return parse_json(text).value().as_object(); }

json::object order(std::string_view more = "{}") {
  auto out = read(R"({"id": "01a21ee1-bc44-7772-9e3f-7408e7d3011e", "tiktok_order_id": "576461413038785752",
    "shop_id": "7494049642642441621", "state": "processing", "failure": null, "held": false, "version": 14,
    "tiktok_status": "AWAITING_SHIPMENT", "tiktok_update_time": 1795737600, "created_at": "2026-11-27T10:00:00.000000Z",
    "updated_at": "2026-11-27T11:57:00.000000Z", "due_at": "2026-11-27T12:52:30.000000Z", "closed_at": null, "attention": [],
    "partially_shipped": false, "pending": null,
    "next_states": [{"to": "shipped", "allowed": true}, {"to": "failed", "allowed": true}]})");
  for (const auto& member : read(more))
    out[member.key()] = member.value();
  return out;
}

void check_fits(const lines& page, const style& by) {
  for (const auto& line : page) {
    INFO(line);
    CHECK(cells(line) <= by.width);
  }
}

} // namespace

TEST_CASE("A list shows of each order its state, TikTok's word, its age and its deadline") {
  const auto page =
      orders_table({order(), order(R"({"state": "delivered", "tiktok_status": null, "due_at": "2026-11-27T11:00:00Z"})")}, at_80)
          .page(at_80);
  CHECK(page == lines{"ORDER               STATE       TIKTOK             CHANGED  DUE",
                      "576461413038785752  processing  awaiting shipment    3 min  in 52 min",
                      "576461413038785752  delivered                        3 min  -"});
}

TEST_CASE("What a person should see to stays when the columns do not fit") {
  const auto page = orders_table({order(R"({"held": true, "pending": "report", "due_at": "2026-11-27T11:48:00Z",
      "attention": [{"kind": "report_failed", "since": "2026-11-27T11:00:00Z"}]})")},
                                 at_80)
                        .page(at_80);
  CHECK(page == lines{"ORDER               STATE       DUE          NOTES",
                      "576461413038785752  processing  late 12 min  ! report failed, held, report under way"});
}

TEST_CASE("Glyphs are for screens that speak UTF-8") {
  CHECK(state_with_glyph("shipped", {.bounded = true, .utf8 = true}) == "◕ shipped");
  CHECK(state_with_glyph("shipped", at_80) == "shipped");
  CHECK(state_with_glyph("shipped", into_a_pipe) == "shipped");
}

TEST_CASE("One order shows what it is and the commands that move it") {
  const auto page = order_lines(order(), at_80);
  CHECK(page == lines{"order 576461413038785752   processing   version 14",
                      "TikTok: awaiting shipment for 12 h   shop 7494049642642441621",
                      "ship by 2026-11-27 12:52:30 UTC, in 52 min   changed 3 min ago   created 2 h ago", "",
                      "next  shipped     now:", "  orderly transition 576461413038785752 shipped --tracking N --provider ID",
                      "      failed      orderly transition 576461413038785752 failed"});
}

TEST_CASE("A move that is blocked says by what, and until when") {
  const auto page = order_lines(order(R"({"state": "received", "next_states": [{"to": "processing", "allowed": false,
      "why": {"code": "guard_refused", "reason": "on_hold", "until": 1795784400,
              "detail": "TikTok Shop holds the order while the buyer may cancel freely"}}]})"),
                                at_80);
  check_fits(page, at_80);
  std::string all;
  for (const auto& line : page)
    all += line + '\n';
  INFO(all);
  CHECK(all.find("processing  not now: TikTok Shop holds the order while the buyer may") != std::string::npos);
  CHECK(all.find("(guard_refused on_hold, until 2026-11-27") != std::string::npos);
}

TEST_CASE("A failed order is retried, and one at its end goes nowhere") {
  const auto failed = order_lines(order(R"({"state": "failed", "failure": "operator", "due_at": null,
                                            "next_states": [{"to": "processing", "allowed": true}]})"),
                                  at_80);
  CHECK(failed.front() == "order 576461413038785752   failed (operator)   version 14");
  CHECK(failed.back() == "next  processing  orderly order 576461413038785752 retry");
  CHECK(order_lines(order(R"({"state": "delivered", "next_states": []})"), at_80).back() == "next        none: it is at its end");
}

TEST_CASE("The timeline lists an input only when no event tells of it") {
  const auto entries = read(R"({"events": [
    {"kind": "event", "seq": 3, "at": "2026-11-27T11:59:50Z", "type": "refused", "source": "api", "actor": "ani",
     "from": "processing", "to": "delivered", "detail": {"code": "illegal_transition"}, "input_id": "c"},
    {"kind": "input", "at": "2026-11-27T11:59:00Z", "type": "ORDER_STATUS_CHANGE", "source": "webhook", "outcome": "duplicate",
     "deliveries": 3, "notification_id": "7", "input_id": "b"},
    {"kind": "input", "at": "2026-11-27T11:58:00Z", "type": "ORDER_STATUS_CHANGE", "source": "webhook", "outcome": "applied",
     "deliveries": 1, "notification_id": "6", "input_id": "a"},
    {"kind": "event", "seq": 2, "at": "2026-11-27T11:58:00Z", "type": "transitioned", "source": "webhook", "actor": null,
     "from": "received", "to": "processing", "detail": {"tiktok_status": "AWAITING_SHIPMENT", "inferred": true},
     "input_id": "a"}]})");
  CHECK(timeline_lines(entries.at("events").as_array(), at_80) ==
        lines{"SEQ     AGE  EVENT           BY       WHAT",
              "  3    10 s  refused         api ani  to delivered: illegal_transition",
              "      1 min  (duplicate)     webhook  ORDER_STATUS_CHANGE, came 3 times",
              "  2   2 min  transitioned    webhook  received -> processing, inferred"});
}

TEST_CASE("A command's answer is a sentence") {
  CHECK(outcome_lines(read(R"({"tiktok_order_id": "5", "state": "processing", "version": 12, "outcome": "duplicate"})"), at_80) ==
        lines{"order 5 is processing, version 12 (it was so already)"});
  const auto promised = outcome_lines(
      read(R"({"tiktok_order_id": "5", "state": "processing", "version": 9, "outcome": "applied", "pending": "report"})"), at_80);
  REQUIRE(promised.size() > 1);
  CHECK(promised[1].starts_with("TikTok Shop is being told of the parcel"));
}

TEST_CASE("A refusal says title, detail, code and what is allowed") {
  CHECK(problem_lines(read(R"({"type": "urn:orderly:problem:illegal_transition", "title": "The state machine has no such move",
      "status": 409, "code": "illegal_transition", "detail": "an order that is processing cannot become delivered",
      "allowed": ["shipped", "failed"], "version": 9})"),
                      409, at_80) == lines{"orderly: The state machine has no such move",
                                           "         an order that is processing cannot become delivered",
                                           "         code illegal_transition (409)   allowed shipped, failed   version 9"});
}

TEST_CASE("Why: the sentence, each cause with its evidence and remedy, what it is not and what is not known") {
  const auto why = read(R"({"as_of": "2026-11-27T12:00:00Z", "engine": "eu-1",
    "order": {"tiktok_order_id": "576461413038785752", "state": "processing", "version": 14,
              "updated_at": "2026-11-27T11:59:00Z"},
    "sentence": "It is processing and waits for TikTok Shop: reporting its parcel has failed 4 times; the next try is at 12:00.",
    "causes": [{"code": "report_failing", "since": "2026-11-27T11:57:00Z", "until": "2026-11-27T12:00:38Z", "class": "time",
      "evidence": [{"text": "attempt 4, TikTok 36009002 too many requests", "source": "outbox", "ref": "8812"}],
      "remedy": {"text": "Wait for 2026-11-27T12:00:38.000000Z.", "command": null, "api": null}},
     {"code": "held", "since": null, "until": null, "class": "person", "evidence": [],
      "remedy": {"text": "Release it.", "command": "orderly order 576461413038785752 release", "api": "POST /x"}}],
    "deadline": {"what": "ship", "at": "2026-11-27T12:52:00Z"}, "not_it": ["quarantined", "shop_stopped"],
    "not_known": [{"what": "store_failing", "why": "the writer did not answer"}]})");
  const auto page = why_lines(why, at_80);
  check_fits(page, at_80);
  CHECK(page ==
        lines{"It is processing and waits for TikTok Shop: reporting its parcel has failed 4", "times; the next try is at 12:00.",
              "", "1  report_failing     since 2026-11-27 11:57:00 UTC, 3 min   until 2026-11-27", "   12:00:38 UTC, in 38 s",
              "   attempt 4, TikTok 36009002 too many requests (outbox 8812)", "   do: Wait for 2026-11-27T12:00:38.000000Z.",
              "2  held", "   do: Release it.", "       orderly order 576461413038785752 release", "",
              "deadline    ship by 2026-11-27 12:52:00 UTC, in 52 min", "not it      quarantined, shop stopped",
              "not known   store failing: the writer did not answer", "as of       version 14, changed 1 min ago   engine eu-1"});
}

TEST_CASE("A command to copy is never cut, however narrow the screen") {
  const auto why = read(R"({"sentence": "x", "causes": [{"code": "report_failed", "evidence": [], "remedy": {
    "text": "Ship it again.", "command":
    "orderly transition 576461413038785752 shipped --tracking 1Z999AA10123456784 --provider 7117858858072016686"}}]})");
  const auto page = why_lines(why, {.width = 40, .bounded = true, .now = noon});
  CHECK(std::any_of(page.begin(), page.end(), [](const auto& line) { return line.ends_with("--provider 7117858858072016686"); }));
}

TEST_CASE("Answers without what is expected of them are shown as far as they go") {
  for (const auto* text : {"{}", R"({"order": 5, "causes": [1, null], "not_known": {}, "deadline": []})"}) {
    check_fits(why_lines(read(text), at_80), at_80);
    check_fits(order_lines(read(text), at_80), at_80);
    check_fits(outcome_lines(read(text), at_80), at_80);
    check_fits(problem_lines(read(text), 500, at_80), at_80);
  }
  CHECK(orders_table({1, nullptr, "x"}, at_80).empty());
}
