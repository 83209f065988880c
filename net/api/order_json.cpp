#include "net/api/order_json.hpp"

#include "base/digest.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/decide.hpp"
#include "net/http/text.hpp"

namespace orderly {
namespace {

json::value time_or_null(const std::optional<timestamp>& at) { return at ? json::value(to_rfc3339(*at)) : json::value(nullptr); }
json::value time_or_null(const std::optional<unix_seconds>& at) {
  return at ? json::value(to_rfc3339(timestamp{at->time_since_epoch()})) : json::value(nullptr);
}
json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::value cursor_or_null(const std::string& cursor) { return text_or_null(cursor); }

json::array attention_of(const order& o) {
  json::array out;
  for (const auto& [kind, since] : o.facts.attention)
    out.push_back(json::object{{"kind", kind}, {"since", to_rfc3339(since)}});
  return out;
}

json::array reports_of(const order& o) {
  json::array out;
  for (const auto& report : o.facts.reports) {
    json::array lines;
    for (const auto& line : report.lines)
      lines.emplace_back(line.str());
    out.push_back(json::object{{"input_id", to_string(report.ref)},
                               {"line_item_ids", std::move(lines)},
                               {"waits_for", report.waits_for_hold ? "on_hold" : "report"}});
  }
  return out;
}

/// Some uncancelled lines, not all, are in parcels that TikTok accepted; or TikTok says so itself.
bool partially_shipped(const order& o) {
  if (o.state != order_state::processing)
    return false;
  if (o.facts.status && o.facts.status->status == tiktok_status::partially_shipping)
    return true;
  return !o.facts.accepted_lines.empty();
}

std::string_view pending_of(const order& o) {
  if (o.facts.reports.empty())
    return {};
  return o.facts.reports.front().waits_for_hold ? "on_hold" : "report";
}

/// No command reaches a quarantined order, whatever the order itself would say.
std::optional<error> why_blocked(const order_view& view, order_state to, const policy& rules) {
  if (view.quarantined_since)
    return error{error_code::quarantined, "the order is quarantined; POST /actors/{id}/restart serves it again", {}};
  return blocked_because(view.order, to, rules);
}

json::array next_states_of(const order_view& view, const policy& rules) {
  json::array out;
  for (const auto to : next_states(view.order.state)) {
    const auto blocked = why_blocked(view, to, rules);
    json::object entry{{"to", name_of(to)}, {"allowed", !blocked}};
    if (blocked) {
      json::object why = blocked->details;
      why["code"] = name_of(blocked->code);
      why["detail"] = blocked->message;
      entry["why"] = std::move(why);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

json::object input_body_of(const input_view& i) {
  return {{"kind", "input"},
          {"at", to_rfc3339(i.received_at)},
          {"type", i.type},
          {"source", i.source},
          {"outcome", name_of(i.outcome)},
          {"deliveries", i.deliveries},
          {"notification_id", text_or_null(i.notification_id)},
          {"input_id", to_string(i.id)}};
}

/// Raised by no event: the order's facts do not know of it.
void add_quarantine(json::object& summary, std::optional<timestamp> since) {
  if (since)
    summary["attention"].as_array().push_back(json::object{{"kind", attention::quarantined}, {"since", to_rfc3339(*since)}});
}

} // namespace

json::object order_summary(const order& o) {
  const auto& status = o.facts.status;
  return {{"id", to_string(o.id)},
          {"tiktok_order_id", o.tiktok_id.str()},
          {"shop_id", text_or_null(o.facts.shop.str())},
          {"state", name_of(o.state)},
          {"failure", text_or_null(name_of(o.failure))},
          {"held", o.held},
          {"version", o.version},
          {"tiktok_status", status ? json::value(name_of(status->status)) : json::value(nullptr)},
          {"tiktok_update_time", status ? json::value(to_seconds(status->update_time)) : json::value(nullptr)},
          {"created_at", to_rfc3339(o.created_at)},
          {"updated_at", to_rfc3339(o.updated_at)},
          {"due_at", time_or_null(due_at(o))},
          {"closed_at", time_or_null(o.closed_at)},
          {"attention", attention_of(o)},
          {"partially_shipped", partially_shipped(o)},
          {"pending", text_or_null(pending_of(o))}};
}

json::object order_body(const order_view& view, const policy& rules) {
  auto out = order_summary(view.order);
  out["reports"] = reports_of(view.order);
  add_quarantine(out, view.quarantined_since);
  out["next_states"] = next_states_of(view, rules);
  out["order_data"] = view.document;
  return out;
}

json::object event_body(const event& e) {
  return {{"kind", "event"},
          {"seq", e.seq},
          {"at", to_rfc3339(e.at)},
          {"type", name_of(e.type)},
          {"source", e.source},
          {"actor", text_or_null(e.actor)},
          {"from", e.from ? json::value(name_of(*e.from)) : json::value(nullptr)},
          {"to", e.to ? json::value(name_of(*e.to)) : json::value(nullptr)},
          {"detail", e.detail},
          {"input_id", to_string(e.input)}};
}

json::object row_body(const listed_order& row) {
  auto summary = order_summary(row.order);
  add_quarantine(summary, row.quarantined_since);
  if (!row.unreadable.empty())
    summary["unreadable"] = row.unreadable;
  return summary;
}

json::object page_body(const order_page& page) {
  json::array orders;
  for (const auto& row : page.orders)
    orders.push_back(row_body(row));
  return {{"orders", std::move(orders)}, {"next_cursor", cursor_or_null(page.next_cursor)}};
}

json::object timeline_body(const timeline_page& page) {
  json::array entries;
  for (const auto& entry : page.entries) {
    if (entry.happened)
      entries.push_back(event_body(*entry.happened));
    if (entry.received)
      entries.push_back(input_body_of(*entry.received));
  }
  return {{"events", std::move(entries)}, {"next_cursor", cursor_or_null(page.next_cursor)}};
}

json::object dead_letters_body(const dead_letter_page& page) {
  json::array letters;
  for (const auto& letter : page.letters) {
    json::object out{{"id", letter.id},
                     {"input_id", to_string(letter.input)},
                     {"tiktok_order_id", text_or_null(letter.order.str())},
                     {"shop_id", text_or_null(letter.shop.str())},
                     {"source", letter.source},
                     {"type", letter.type},
                     {"notification_id", text_or_null(letter.notification_id)},
                     {"cause", name_of(letter.cause)},
                     {"count", letter.count},
                     {"first_at", to_rfc3339(letter.first_at)},
                     {"last_at", to_rfc3339(letter.last_at)},
                     {"redriven_at", time_or_null(letter.redriven_at)}};
    if (is_utf8(*letter.raw))
      out["raw"] = *letter.raw;
    else
      out["raw_hex"] = to_hex(*letter.raw);
    letters.push_back(std::move(out));
  }
  return {{"dead_letters", std::move(letters)}, {"next_cursor", cursor_or_null(page.next_cursor)}};
}

json::object answer_body(const answer& a, const tiktok_order_id& order) {
  json::object out{{"id", to_string(a.order)},
                   {"tiktok_order_id", order.str()},
                   {"state", name_of(a.state)},
                   {"version", a.version},
                   {"outcome", name_of(a.outcome)}};
  if (!a.report.empty())
    out["report"] = a.report;
  if (!a.pending.empty())
    out["pending"] = a.pending;
  return out;
}

} // namespace orderly
