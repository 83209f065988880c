// What is asked of TikTok Shop, and what it said.

#include "domain/order/attention.hpp"
#include "domain/order/judging.hpp"
#include "domain/order/why_rules.hpp"

namespace orderly::why_rules {
namespace {

bool is_under_way(const unkept_promise& row, const view& of) { return row.lease_until && *row.lease_until > of.around.now; }

/// Tries that have ended.
std::int64_t failures(const unkept_promise& row, const view& of) {
  return row.last_error.empty() ? 0 : row.attempts - (is_under_way(row, of) ? 1 : 0);
}

std::string next_try(const unkept_promise& row, const view& of) {
  if (is_under_way(row, of))
    return "a call is under way";
  if (const auto at = of.if_ahead(row.due_at))
    return "the next try is at " + said(*at);
  return "the next try is due";
}

std::string times(std::int64_t n) { return n == 1 ? "once" : std::to_string(n) + " times"; }

why_remedy wait_for(const unkept_promise& row, const view& of) {
  if (const auto at = of.if_ahead(row.due_at); at && !is_under_way(row, of))
    return {"Wait until " + said(*at) + ".", {}, {}};
  return {"Wait for TikTok Shop's answer to the call.", {}, {}};
}

/// Of a call that is owed.
why_cause owed(why_code code, const unkept_promise& row, const view& of, bool is_write) {
  why_cause c;
  c.code = code;
  c.of = why_class::time;
  if (!is_under_way(row, of))
    c.until = of.if_ahead(row.due_at);
  std::string text = std::string{name_of(row.kind)} + ", attempts so far: " + std::to_string(row.attempts);
  if (!row.last_error.empty())
    text += ", last error " + said(row.last_error, is_write);
  c.evidence = {{text + ", " + next_try(row, of), "outbox", std::to_string(row.id)}};
  c.remedy = wait_for(row, of);
  return c;
}

bool may_ship(const view& of) { return of.o().state == order_state::received || of.o().state == order_state::processing; }

/// A report that is owed by an order that is not shipped.
const unkept_promise* open_report(const view& of) {
  const auto* row = of.promise(promise_kind::mark_shipped);
  return row && !is_final(of.o(), of.around.rules) ? row : nullptr;
}

} // namespace

std::optional<why_cause> report_failed(const view& of) {
  const auto* row = of.attention(attention::report_failed);
  if (!row || !may_ship(of) || of.promise(promise_kind::mark_shipped) || is_final(of.o(), of.around.rules))
    return std::nullopt;
  const auto* e = of.newest(event_type::report_failed);
  const bool told = e && string_at(e->detail, "result") != "withdrawn";
  const std::string code = told ? said(string_at(e->detail, "code"), true) : "";
  why_cause c;
  c.code = why_code::report_failed;
  c.since = row->since;
  c.evidence.push_back({"report_failed since " + said(row->since), "attention", row->kind});
  if (told)
    c.evidence.push_back({code.empty() ? std::string{string_at(e->detail, "result")} : code, "event", std::to_string(e->seq)});
  c.remedy = {"Correct what TikTok Shop refused, and ship it again.",
              "orderly transition " + of.o().tiktok_id.str() + " shipped --tracking NUMBER --provider ID", of.act("transitions")};
  c.sentence = of.it_is() + " and must be shipped again: TikTok Shop refused the report of its parcel" +
               (code.empty() ? "." : ", " + code + ".");
  return c;
}

std::optional<why_cause> detail_failed(const view& of) {
  const auto* row = of.attention(attention::detail_failed);
  if (!row || !needs_detail(of.o()) || of.promise(promise_kind::fetch_detail))
    return std::nullopt;
  why_cause c;
  c.code = why_code::detail_failed;
  c.since = row->since;
  c.evidence = {{"detail_failed since " + said(row->since), "attention", row->kind}};
  c.remedy = {"Look at the order in TikTok Shop's Seller Center; the next webhook about it asks again.", {}, {}};
  c.sentence = of.it_is() + " and cannot go on without its detail, which TikTok Shop refused to give.";
  return c;
}

std::optional<why_cause> detail_waiting(const view& of) {
  const auto* row = of.promise(promise_kind::fetch_detail);
  if (!row || !needs_detail(of.o()))
    return std::nullopt;
  auto c = owed(why_code::detail_waiting, *row, of, false);
  c.since = of.f().detail_wanted_at;
  const auto failed = failures(*row, of);
  c.sentence =
      of.it_is() + " and waits for its detail from TikTok Shop: " +
      (failed > 0 ? "asking has failed " + times(failed) + ", the last time with " + said(row->last_error, false) + "; " : "") +
      next_try(*row, of) + ".";
  return c;
}

std::optional<why_cause> report_failing(const view& of) {
  const auto* row = open_report(of);
  if (!row || row->state != promise_state::open || row->last_error.empty())
    return std::nullopt;
  auto c = owed(why_code::report_failing, *row, of, true);
  if (const auto* e = of.newest(event_type::report_queued))
    c.since = e->at;
  c.sentence = of.it_is() + " and waits for TikTok Shop: reporting its parcel has failed " + times(failures(*row, of)) +
               ", the last time with " + said(row->last_error, true) + "; " + next_try(*row, of) + ".";
  return c;
}

std::optional<why_cause> report_waiting(const view& of) {
  const auto* row = open_report(of);
  if (!row || (row->state == promise_state::open && !row->last_error.empty()))
    return std::nullopt;
  auto c = owed(why_code::report_waiting, *row, of, true);
  if (const auto* e = of.newest(event_type::report_queued))
    c.since = e->at;
  if (row->state == promise_state::waiting) {
    c.of = why_class::tiktok;
    c.until = std::nullopt;
    c.evidence.front().text = "mark_shipped waits for the end of TikTok Shop's hold";
    c.remedy = {"Wait; it is sent when TikTok Shop says that the hold is over.", {}, {}};
    c.sentence = of.it_is() + ", and the report of its parcel waits for the end of TikTok Shop's hold.";
    return c;
  }
  c.sentence = of.it_is() + ", and the report of its parcel is on its way to TikTok Shop: " + next_try(*row, of) + ".";
  return c;
}

std::optional<why_cause> tiktok_hold(const view& of) {
  if (!must_wait(of.f()) || !may_ship(of))
    return std::nullopt;
  constexpr std::chrono::seconds remorse_hour{3600}; // sheet 4.4
  const auto& status = *of.f().status;
  why_cause c;
  c.code = why_code::tiktok_hold;
  c.since = timestamp{status.update_time};
  c.of = why_class::tiktok;
  if (status.status == tiktok_status::on_hold && of.f().detail && of.f().detail->paid_time)
    c.until = of.if_ahead(timestamp{*of.f().detail->paid_time + remorse_hour});
  const auto word = std::string{name_of(status.status)};
  c.evidence = {{"TikTok status " + word + " since " + said(timestamp{status.update_time}), "order", {}}};
  c.remedy = {c.until ? "Wait until " + said(*c.until) + "." : "Wait for TikTok Shop's next word.", {}, {}};
  c.sentence = of.it_is() + ", and TikTok Shop said " + word + " at " + said(timestamp{status.update_time}) +
               (status.status == tiktok_status::unpaid ? ": the buyer has not paid." : ": the buyer may still cancel freely.");
  return c;
}

} // namespace orderly::why_rules
