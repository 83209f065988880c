// What people, the engine and the store stop, and what is left when nothing does.

#include "domain/order/attention.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/judging.hpp"
#include "domain/order/why_rules.hpp"

namespace orderly::why_rules {
namespace {

std::string by(const event* e) { return e && !e->actor.empty() ? e->actor : std::string{"somebody"}; }

std::string_view in_words(shop_obstacle why) {
  switch (why) {
  case shop_obstacle::not_connected: return "it is not connected";
  case shop_obstacle::token_expired: return "its access token has expired";
  case shop_obstacle::deauthorized: return "the seller has withdrawn the app's authorization";
  case shop_obstacle::inactive: break;
  }
  return "TikTok Shop has closed or suspended it";
}

/// What would be allowed instead of what was refused.
std::string advice(std::string_view reason, const view& of) {
  if (reason == "tracking_number_missing")
    return "Ask again with a tracking number.";
  if (reason == "shipping_provider_missing")
    return "Ask again with the id of a shipping provider.";
  if (reason == "unknown_line")
    return "Ask again and name only lines that the order has, or none.";
  if (reason == "on_hold" || reason == "unpaid" || reason == "detail_missing" || reason == "report_pending")
    return "Wait; the same command is accepted afterwards.";
  if (reason == "nothing_to_ship")
    return "Nothing: TikTok Shop says that every line is cancelled.";
  if (reason == "not_supported" || reason == "fulfilled_by_tiktok")
    return "Do it in TikTok Shop's Seller Center; the order follows.";
  return is_closed(of.f()) ? "Nothing: the order is closed at TikTok Shop." : "Look at the order's next states.";
}

std::string allowed_moves(const view& of) {
  std::string all;
  for (const auto to : next_states(of.o().state))
    if (!blocked_because(of.o(), to, of.around.rules))
      all += (all.empty() ? "" : ", ") + std::string{name_of(to)};
  return all.empty() ? "no move is allowed now" : "allowed now: " + all;
}

why_remedy next_by_hand(const view& of) {
  const auto order = "orderly transition " + of.o().tiktok_id.str();
  switch (of.o().state) {
  case order_state::received:
    return {"Move it to processing when it may be packed.", order + " processing", of.act("transitions")};
  case order_state::processing:
    return {"Ship it with its tracking number.", order + " shipped --tracking NUMBER --provider ID", of.act("transitions")};
  default: return {"Wait for TikTok Shop's word that it has been delivered.", {}, {}};
  }
}

} // namespace

std::optional<why_cause> unreadable(const view& of) {
  if (of.what.unreadable.empty())
    return std::nullopt;
  why_cause c;
  c.code = why_code::unreadable;
  c.evidence = {{of.what.unreadable, "order", {}}};
  c.remedy = {"Mend the row, then restart the order's actor.", {}, "POST /api/v1/actors/" + of.o().tiktok_id.str() + "/restart"};
  c.sentence = "Its row cannot be read, so nothing is decided for it: " + of.what.unreadable + ".";
  return c;
}

std::optional<why_cause> quarantined(const view& of) {
  const auto* row = of.attention(attention::quarantined);
  if (!row)
    return std::nullopt;
  why_cause c;
  c.code = why_code::quarantined;
  c.since = row->since;
  c.evidence = {{"quarantined since " + said(row->since), "attention", row->kind}};
  c.remedy = {
      "Find in the log why its actor ended, then restart it.", {}, "POST /api/v1/actors/" + of.o().tiktok_id.str() + "/restart"};
  c.sentence = of.it_is() + " and quarantined since " + said(row->since) + ": its inputs wait until its actor is restarted.";
  return c;
}

std::optional<why_cause> store_failing(const view& of) {
  if (of.around.store_commits.value_or(true) || is_final(of.o(), of.around.rules))
    return std::nullopt;
  why_cause c;
  c.code = why_code::store_failing;
  c.of = why_class::engine;
  c.evidence = {{"the engine's commits fail: /readyz is 503", "engine", {}}};
  c.remedy = {"Mend the store (docs/operations.md); the engine tries on by itself.", "orderly tree", {}};
  c.sentence = "The store cannot commit now, so nothing is decided, for this order or for another.";
  return c;
}

std::optional<why_cause> held(const view& of) {
  if (!of.o().held || (of.what.unreadable.empty() && is_final(of.o(), of.around.rules)))
    return std::nullopt;
  const auto* e = of.newest(event_type::held);
  why_cause c;
  c.code = why_code::held;
  if (e)
    c.since = e->at;
  c.evidence = {{"held by " + by(e) + (e ? " at " + said(e->at) : ""), e ? "event" : "order", e ? std::to_string(e->seq) : ""}};
  c.remedy = {"Release it when it may go on.", of.verb("release"), of.act("release")};
  c.sentence =
      of.it_is() + " and held by " + by(e) + (e ? " since " + said(e->at) : "") + ": nothing of it leaves until it is released.";
  return c;
}

std::optional<why_cause> shop_stopped(const view& of) {
  if (!of.around.obstacle || is_final(of.o(), of.around.rules))
    return std::nullopt;
  const bool is_asked = needs_detail(of.o()) && of.promise(promise_kind::fetch_detail);
  const bool ships_through_it = !of.f().shop.empty() && is_known_to_tiktok(of.f()) && of.around.rules.report_shipments &&
                                (of.o().state == order_state::received || of.o().state == order_state::processing);
  if (!is_asked && !ships_through_it)
    return std::nullopt;
  const auto words = std::string{in_words(*of.around.obstacle)};
  const auto* row = of.attention(attention::shop_not_connected);
  why_cause c;
  c.code = why_code::shop_stopped;
  if (row)
    c.since = row->since;
  const auto shop = of.f().shop.empty() ? std::string{"its shop is not known"} : "shop " + of.f().shop.str();
  c.evidence = {{shop + ": " + std::string{name_of(*of.around.obstacle)}, "shops", of.f().shop.str()}};
  c.remedy = {"Connect the shop again (docs/operations.md); what waits goes on by itself.", {}, {}};
  c.sentence = of.it_is() + " and its shop cannot be called: " + words + ".";
  return c;
}

/// While the version stands that the refusal made: whatever has changed the order since may have changed the answer.
std::optional<why_cause> guard_refused(const view& of) {
  const auto* e = of.newest(event_type::refused);
  if (!e || e->seq != of.o().version || string_at(e->detail, "code") != name_of(error_code::guard_refused) ||
      is_final(of.o(), of.around.rules)) // what is at its end is held up by nothing
    return std::nullopt;
  const std::string reason{string_at(e->detail, "reason")};
  const std::string to{e->to ? name_of(*e->to) : std::string_view{"another state"}};
  why_cause c;
  c.code = why_code::guard_refused;
  c.since = e->at;
  c.evidence = {{by(e) + " asked for " + to + " at " + said(e->at) + ": " + reason, "event", std::to_string(e->seq)}};
  c.remedy = {advice(reason, of), {}, {}};
  c.sentence = of.it_is() + ", and " + by(e) + "'s move to " + to + " was refused: " + reason + ". Nothing has changed since.";
  return c;
}

std::optional<why_cause> waits_for_person(const view& of) {
  if (is_at_end(of.o(), of.around.rules))
    return std::nullopt;
  const bool by_tiktok = of.o().state == order_state::shipped;
  why_cause c;
  c.code = why_code::waits_for_person;
  c.since = of.o().updated_at;
  c.of = by_tiktok ? why_class::tiktok : why_class::person;
  c.evidence = {{allowed_moves(of), "order", {}}};
  c.remedy = next_by_hand(of);
  c.sentence = of.it_is() + (by_tiktok ? ". Nothing stands in its way: it is delivered when TikTok Shop or a person says so."
                                       : " and nothing stands in its way: it waits for a person.");
  return c;
}

std::optional<why_cause> at_end(const view& of) {
  if (!is_at_end(of.o(), of.around.rules))
    return std::nullopt;
  const bool is_closed_there = is_closed(of.f());
  const bool retry = !is_final(of.o(), of.around.rules);
  why_cause c;
  c.code = why_code::at_end;
  c.since = of.o().closed_at ? of.o().closed_at : std::optional{of.o().updated_at};
  std::string why = of.it_is();
  if (of.o().state == order_state::failed)
    why += of.o().failure == failure_kind::cancelled ? ": TikTok Shop said that it is cancelled" : " by a person's decision";
  else if (is_closed_there)
    why += ", and TikTok Shop said that it is " + std::string{name_of(of.f().status->status)};
  c.of = retry ? why_class::person : why_class::tiktok;
  c.evidence = {{"state " + std::string{name_of(of.o().state)} +
                     (is_closed_there ? ", TikTok status " + std::string{name_of(of.f().status->status)} : ""),
                 "order",
                 {}}};
  if (retry)
    c.remedy = {"Retry it if it is to be shipped after all.", of.verb("retry"), of.act("retry")};
  else
    c.remedy = {"None is needed.", {}, {}};
  c.sentence = why + ". Nothing is left to be done" + (retry ? ", unless it is retried." : ".");
  return c;
}

} // namespace orderly::why_rules
