// A person's move through the state machine, and what stands against it.

#include "domain/order/decide_parts.hpp"
#include "domain/order/judging.hpp"
#include "domain/tiktok/shop.hpp"

namespace orderly {
namespace {

enum class reporting : std::uint8_t { queued, off, not_applicable };

reporting reporting_of(const facts& f, bool wanted) {
  return !is_known_to_tiktok(f) ? reporting::not_applicable : wanted ? reporting::queued : reporting::off;
}

error illegal(order_state from, std::string message) {
  json::array allowed;
  for (auto next : next_states(from))
    allowed.emplace_back(name_of(next));
  return {error_code::illegal_transition, std::move(message), {{"allowed", std::move(allowed)}}};
}

error no_such_move(order_state from, order_state to) {
  return illegal(from, "an order that is " + std::string{name_of(from)} + " cannot become " + std::string{name_of(to)});
}

error nothing_to_retry(order_state from) {
  return illegal(from, "only a failed order can be retried; this one is " + std::string{name_of(from)});
}

error on_hold(const facts& f) {
  constexpr std::chrono::seconds remorse_hour{3600}; // sheet 4.4
  auto refusal = guard_refusal("on_hold", "TikTok Shop holds the order while the buyer may cancel freely");
  if (f.detail && f.detail->paid_time)
    refusal.details["until"] = to_seconds(*f.detail->paid_time + remorse_hour);
  return refusal;
}

std::optional<error> against_closed(const facts& f) {
  if (says(f, tiktok_status::cancelled))
    return guard_refusal("cancelled", "TikTok Shop says that the order is cancelled");
  if (says(f, tiktok_status::completed))
    return guard_refusal("completed", "TikTok Shop says that the order is completed");
  return std::nullopt;
}

error unpaid() { return guard_refusal("unpaid", "the buyer has not paid"); }

std::optional<error> against_processing(const facts& f) {
  if (says(f, tiktok_status::unpaid))
    return unpaid();
  if (says(f, tiktok_status::on_hold))
    return on_hold(f);
  return against_closed(f);
}

std::optional<error> against_detail(const facts& f, reporting how) {
  if (!f.detail || how == reporting::not_applicable)
    return std::nullopt;
  if (f.detail->fulfillment == fulfillment_type::by_tiktok || f.detail->shipping == shipping_type::tiktok_digital)
    return guard_refusal("fulfilled_by_tiktok", "TikTok Shop fulfils this order itself");
  if (how == reporting::off)
    return std::nullopt;
  if (f.detail->shipping == shipping_type::tiktok)
    return guard_refusal("not_supported", "orders with TikTok Shop's shipping labels cannot be reported yet");
  if (!marks_packages_as_shipped(f.shop_region))
    return guard_refusal("not_supported", "shipments of shops in region " + f.shop_region + " cannot be reported yet");
  return std::nullopt;
}

std::optional<error> against_shipped(const facts& f, reporting how) {
  if (auto refusal = against_detail(f, how); refusal || how == reporting::not_applicable)
    return refusal;
  if (says(f, tiktok_status::unpaid))
    return unpaid();
  if (has_nothing_to_ship(f) && !is_closed(f))
    return guard_refusal("nothing_to_ship", "every line of the order is cancelled");
  if (how == reporting::off)
    return std::nullopt; // a person says that it has left, whatever TikTok thinks of it
  if (auto refusal = against_closed(f))
    return refusal;
  if (!f.reports.empty())
    return guard_refusal("report_pending", "a report to TikTok Shop already covers these lines");
  if (!f.detail) // who ships it, and since when it is paid, is not known
    return guard_refusal("detail_missing", "TikTok Shop has not told the order's detail yet; it is being fetched");
  return std::nullopt;
}

/// During ON_HOLD the wish to ship is kept until the order enters processing (DECISIONS "Outbox").
bool is_allowed(const order& o, order_state to, reporting how) {
  const bool kept = to == order_state::shipped && o.state == order_state::received && how == reporting::queued &&
                    says(o.facts, tiktok_status::on_hold);
  return kept || is_legal(o.state, to);
}

std::optional<error> refusal_of(const order& o, order_state to, reporting how) {
  if (o.held)
    return error{error_code::held, "a person holds the order: release it first", {}};
  if (!is_allowed(o, to, how))
    return no_such_move(o.state, to);
  if (to == order_state::processing)
    return against_processing(o.facts);
  if (to == order_state::shipped)
    return against_shipped(o.facts, how);
  return std::nullopt;
}

std::optional<error> refusal_of(const order& o, const move_order& wish, reporting how) {
  if (wish.retry && o.state != order_state::failed)
    return nothing_to_retry(o.state);
  return refusal_of(o, wish.to, how);
}

input_outcome version_conflict(decision_builder& b, std::int64_t expected) {
  return b.refuse({error_code::version_conflict,
                   "the order is at version " + std::to_string(b.before.version),
                   {{"expected", expected}, {"version", b.before.version}}});
}

} // namespace

std::optional<error> blocked_because(const order& o, order_state to, const policy& rules) {
  return refusal_of(o, to, reporting_of(o.facts, rules.report_shipments));
}

input_outcome command(decision_builder& b, const move_order& wish) {
  if (wish.expected_version && *wish.expected_version != b.before.version)
    return version_conflict(b, *wish.expected_version);
  const auto how = reporting_of(b.current().facts, wish.report.value_or(b.rules.report_shipments));
  if (auto refusal = refusal_of(b.current(), wish, how)) {
    b.emit_refused(wish.to, *refusal);
    return b.refuse(std::move(*refusal));
  }
  if (wish.to == order_state::shipped && how == reporting::queued)
    return queue_report(b, wish);
  json::object detail;
  if (wish.to == order_state::failed)
    detail["failure"] = name_of(failure_kind::by_operator);
  b.emit_move(wish.to, std::move(detail));
  if (wish.to == order_state::shipped)
    b.answer().report = how == reporting::off ? "off" : "not_applicable";
  return input_outcome::applied;
}

} // namespace orderly
