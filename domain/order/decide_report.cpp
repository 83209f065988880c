// Telling TikTok that an order is shipped: a promise first (DESIGN section 2, DECISIONS "Outbox").

#include "domain/order/attention.hpp"
#include "domain/order/decide_parts.hpp"
#include "domain/order/json_fields.hpp"
#include "domain/order/judging.hpp"

#include <algorithm>
#include <set>

namespace orderly {
namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string{}
                                         : std::string{text.substr(first, text.find_last_not_of(blanks) - first + 1)};
}

/// One parcel holds the whole order: naming some of the lines would split it.
std::optional<error> wrong_lines(const facts& f, const std::vector<line_item_id>& named) {
  if (named.empty())
    return std::nullopt;
  const auto open = uncancelled_lines(f);
  const std::set<line_item_id> wanted(named.begin(), named.end()), all(open.begin(), open.end());
  if (wanted == all)
    return std::nullopt;
  if (!open.empty() && !std::includes(all.begin(), all.end(), wanted.begin(), wanted.end()))
    return guard_refusal("unknown_line", "a line is named that the order does not have, or that is cancelled");
  return guard_refusal("not_supported", "an order is shipped as one parcel: name all of its lines or none");
}

std::optional<error> wrong_shipment(const facts& f, const move_order& wish) {
  if (trimmed(wish.tracking_number).empty())
    return guard_refusal("tracking_number_missing", "TikTok Shop wants a tracking number");
  if (trimmed(wish.shipping_provider_id).empty())
    return guard_refusal("shipping_provider_missing", "TikTok Shop wants the id of the shipping provider");
  return wrong_lines(f, wish.lines);
}

/// Orders that never were ON_HOLD may be cancelled freely for an hour after payment (sheet 8, case 26).
timestamp report_due_at(const decision_builder& b) {
  const auto& f = b.current().facts;
  if (f.had_on_hold || !f.detail || !f.detail->paid_time)
    return b.now;
  return std::max<timestamp>(b.now, *f.detail->paid_time + b.rules.paid_wait);
}

promise_change report(const input_id& ref, promise_state state) {
  promise_change change;
  change.kind = promise_kind::mark_shipped;
  change.ref = to_string(ref);
  change.state = state;
  return change;
}

promise_change open_report(const input_id& ref, timestamp due_at) {
  auto change = report(ref, promise_state::open);
  change.due_at = due_at;
  return change;
}

/// Of the call that `what` answers. The order lives on when its lease ended meanwhile and another engine claimed the row: that
/// engine's lease must stay, or two writes would be on the wire.
promise_change after_call(promise_change change, const report_answered& what) {
  change.attempt = what.promise.attempt;
  change.last_error = what.code;
  return change;
}

json::object payload_of(const move_order& wish) {
  json::object payload{{"tracking_number", trimmed(wish.tracking_number)},
                       {"shipping_provider_id", trimmed(wish.shipping_provider_id)}};
  put(payload, "line_item_ids", wish.lines);
  return payload;
}

const pending_report* pending(const facts& f, const input_id& ref) {
  const auto found = std::find_if(f.reports.begin(), f.reports.end(), [&](const auto& each) { return each.ref == ref; });
  return found == f.reports.end() ? nullptr : &*found;
}

/// TikTok has the parcel. True also when the report was withdrawn while the call was under way.
input_outcome accept(decision_builder& b, const report_answered& what) {
  const auto* waiting = pending(b.current().facts, what.report);
  if (!waiting && all_lines_accepted(b.current().facts))
    return input_outcome::duplicate;
  const auto lines = waiting && !waiting->lines.empty() ? waiting->lines : uncancelled_lines(b.current().facts);
  json::object detail{{"ref", to_string(what.report)}};
  put(detail, "package_id", what.package.str());
  put(detail, "lines", lines);
  want_detail(b, detail);
  const bool after_failure = b.current().state == order_state::failed;
  if (waiting)
    b.promise(report(what.report, promise_state::done));
  b.emit(event_type::report_succeeded, std::move(detail));
  b.clear(attention::report_failed);
  b.clear(attention::report_lagging);
  if (after_failure)
    b.raise(attention::shipped_after_failure);
  return input_outcome::applied;
}

input_outcome try_again(decision_builder& b, const report_answered& what) {
  b.promise(
      after_call(open_report(what.report, b.now + std::max(backoff_after(what.promise.attempt - 1), what.retry_after)), what));
  if (is_last_backoff(what.promise.attempt - 1))
    b.raise(attention::report_lagging);
  return input_outcome::applied;
}

/// Withdrawn while its call was under way, whose end nobody knows: only the order itself tells whether TikTok has the parcel.
input_outcome look_after_withdrawal(decision_builder& b, const report_answered& what) {
  json::object patch{{"kind", "report"}, {"ref", to_string(what.report)}};
  want_detail(b, patch);
  b.emit(event_type::fact_updated, std::move(patch));
  return input_outcome::applied;
}

/// Waits for the end of the hold. When the facts say that it has ended, TikTok lags: then there is no end to wait for.
input_outcome wait_for_hold(decision_builder& b, const report_answered& what) {
  json::object patch{{"kind", "report"}, {"ref", to_string(what.report)}};
  want_detail(b, patch);
  const auto& f = b.current().facts;
  const bool has_ended = f.status && !must_wait(f);
  if (has_ended) {
    try_again(b, what);
  } else {
    patch["waits_for_hold"] = true;
    b.promise(after_call(report(what.report, promise_state::waiting), what));
  }
  b.emit(event_type::fact_updated, std::move(patch));
  return input_outcome::applied;
}

/// It waits already: a late answer must not make it due. Nor may the row stay due of a call that was begun meanwhile.
input_outcome wait_on(decision_builder& b, const report_answered& what) {
  b.promise(after_call(report(what.report, promise_state::waiting), what));
  return input_outcome::ignored;
}

input_outcome fail(decision_builder& b, const report_answered& what) {
  json::object detail{{"ref", to_string(what.report)}, {"result", name_of(what.result)}};
  put(detail, "code", what.code);
  want_detail(b, detail);
  auto change = report(what.report, promise_state::failed);
  change.last_error = what.code;
  b.promise(std::move(change));
  b.emit(event_type::report_failed, std::move(detail));
  b.clear(attention::report_lagging);
  if (no_report_because(b.current()).empty()) // else nobody has to ship it again
    b.raise(attention::report_failed);
  return input_outcome::applied;
}

void withdraw(decision_builder& b, const pending_report& what, std::string_view why) {
  b.promise(report(what.ref, promise_state::withdrawn));
  b.emit(event_type::report_failed, {{"ref", to_string(what.ref)}, {"result", "withdrawn"}, {"why", why}});
  b.clear(attention::report_lagging);
}

void open_after_hold(decision_builder& b, const pending_report& what) {
  auto change = open_report(what.ref, report_due_at(b));
  change.keep_lease = true; // it has one only where a later claim's call is under way
  b.promise(std::move(change));
  b.emit(event_type::fact_updated, {{"kind", "report"}, {"ref", to_string(what.ref)}, {"waits_for_hold", false}});
}

} // namespace

input_outcome queue_report(decision_builder& b, const move_order& wish) {
  const auto& f = b.current().facts;
  if (auto wrong = wrong_shipment(f, wish)) {
    b.emit_refused(wish.to, *wrong);
    return b.refuse(std::move(*wrong));
  }
  const bool waits = must_wait(f);
  auto change = open_report(b.in.id, waits ? timestamp{} : report_due_at(b));
  if (waits)
    change.state = promise_state::waiting;
  change.payload = payload_of(wish);
  json::object detail{{"ref", to_string(b.in.id)}};
  put(detail, "lines", uncancelled_lines(f));
  put(detail, "waits_for_hold", waits);
  if (!waits)
    detail["due_at"] = to_rfc3339(change.due_at);
  b.promise(std::move(change));
  b.emit(event_type::report_queued, std::move(detail));
  b.clear(attention::report_failed);
  b.answer().report = "queued";
  b.answer().pending = waits ? "on_hold" : "report";
  return input_outcome::applied;
}

input_outcome take_report_answer(decision_builder& b, const report_answered& what) {
  if (what.result == report_result::accepted)
    return accept(b, what);
  const auto* report = pending(b.current().facts, what.report);
  if (!report && what.result == report_result::try_again && !all_lines_accepted(b.current().facts))
    return look_after_withdrawal(b, what);
  if (!report)
    return input_outcome::ignored;
  if (what.result == report_result::cancelled || what.result == report_result::refused)
    return fail(b, what);
  if (report->waits_for_hold)
    return wait_on(b, what);
  return what.result == report_result::on_hold ? wait_for_hold(b, what) : try_again(b, what);
}

std::string_view no_report_because(const order& o) {
  const auto& f = o.facts;
  if (says(f, tiktok_status::cancelled))
    return "cancelled";
  if (says(f, tiktok_status::completed))
    return "completed";
  if (o.state == order_state::failed)
    return "failed";
  if (is_out(o.state) || has_left_the_seller(f))
    return "shipped";
  return has_nothing_to_ship(f) ? "nothing_to_ship" : "";
}

void settle_reports(decision_builder& b) {
  const auto reports = b.current().facts.reports; // a copy: each event changes them
  const auto state = b.current().state;
  const auto needless = no_report_because(b.current());
  const auto& f = b.current().facts;
  // Our own call leads to AWAITING_COLLECTION too, and its answer may be on its way: its detail, which is being fetched, comes
  // later.
  const bool may_be_ours =
      says(f, tiktok_status::awaiting_collection) && !detail_is_current(f) && state != order_state::delivered;
  const bool may_go = state != order_state::received && f.status && !must_wait(f);
  for (const auto& each : reports) {
    if (!needless.empty() && (each.waits_for_hold || !may_be_ours))
      withdraw(b, each, needless);
    else if (each.waits_for_hold && may_go)
      open_after_hold(b, each);
  }
}

} // namespace orderly
