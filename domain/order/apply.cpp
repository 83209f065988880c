#include "domain/order/decide.hpp"
#include "domain/order/facts_patch.hpp"
#include "domain/order/json_fields.hpp"
#include "domain/order/judging.hpp"

#include <algorithm>
#include <set>

namespace orderly {
namespace {

/// A row inserted by hand has its id and its time already.
void apply_created(order& o, const event& e) {
  if (o.id.value.is_nil()) {
    o.id = order_id{e.input.value};
    o.created_at = e.at;
  }
  if (o.tiktok_id.empty())
    o.tiktok_id = tiktok_order_id{std::string{string_at(e.detail, "tiktok_order_id")}};
}

void apply_transition(order& o, const event& e) {
  o.state = e.to.value_or(o.state);
  o.failure = o.state == order_state::failed ? failure_kind_from(string_at(e.detail, "failure")) : failure_kind::none;
}

std::optional<input_id> ref_of(const event& e) {
  const auto ref = uuid_from(string_at(e.detail, "ref"));
  return ref ? std::optional{input_id{*ref}} : std::nullopt;
}

std::vector<line_item_id> lines_of(const event& e) { return field_reader{e.detail}.ids<line_item_id>("lines"); }

void apply_report_queued(facts& f, const event& e) {
  f.reports.push_back({e.input, lines_of(e), bool_at(e.detail, "waits_for_hold").value_or(false)});
}

void drop_report(facts& f, const event& e) {
  std::erase_if(f.reports, [ref = ref_of(e)](const auto& report) { return report.ref == ref; });
}

void apply_report_succeeded(facts& f, const event& e) {
  drop_report(f, e);
  const auto lines = lines_of(e);
  std::set<line_item_id> accepted(f.accepted_lines.begin(), f.accepted_lines.end());
  accepted.insert(lines.begin(), lines.end());
  f.accepted_lines.assign(accepted.begin(), accepted.end());
  f.order_accepted = f.order_accepted || lines.empty();
}

/// A report begins to wait for the hold to end, or ceases to.
void apply_report_waiting(facts& f, const event& e) {
  const auto waits = bool_at(e.detail, "waits_for_hold");
  const auto ref = ref_of(e);
  for (auto& report : f.reports)
    if (waits && report.ref == ref)
      report.waits_for_hold = *waits;
}

void apply_attention(facts& f, const event& e) {
  const std::string kind{string_at(e.detail, "kind")};
  if (e.type == event_type::attention_raised)
    f.attention.emplace(kind, e.at);
  else
    f.attention.erase(kind);
}

/// CANCELLED and COMPLETED close an order once their detail is there.
void apply_closing(order& o, timestamp at) {
  if (!is_closed(o.facts) || !detail_is_current(o.facts))
    o.closed_at.reset();
  else if (!o.closed_at)
    o.closed_at = at;
}

} // namespace

order apply(order o, const event& e) {
  o.version = e.seq;
  o.updated_at = e.at;
  switch (e.type) {
  case event_type::created: apply_created(o, e); break;
  case event_type::transitioned: apply_transition(o, e); break;
  case event_type::held: o.held = true; break;
  case event_type::released: o.held = false; break;
  case event_type::report_queued: apply_report_queued(o.facts, e); break;
  case event_type::report_succeeded: apply_report_succeeded(o.facts, e); break;
  case event_type::report_failed: drop_report(o.facts, e); break;
  case event_type::fact_updated: apply_report_waiting(o.facts, e); break;
  case event_type::attention_raised:
  case event_type::attention_cleared: apply_attention(o.facts, e); break;
  case event_type::erased: o.facts.erased = true; break;
  case event_type::detail_updated:
  case event_type::refused:
  case event_type::note: break;
  }
  if (e.type != event_type::refused && e.type != event_type::note)
    patch_facts(o.facts, e.detail);
  apply_closing(o, e.at);
  return o;
}

} // namespace orderly
