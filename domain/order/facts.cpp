#include "domain/order/facts.hpp"

#include "domain/order/facts_json.hpp"
#include "domain/order/json_fields.hpp"

namespace orderly {
namespace {

json::object attention_to_json(const std::map<std::string, timestamp>& open) {
  json::object out;
  for (const auto& [kind, since] : open)
    out[kind] = to_micros(since);
  return out;
}

json::array reports_to_json(const std::vector<pending_report>& reports) {
  json::array out;
  for (const auto& report : reports) {
    json::object body{{"ref", to_string(report.ref)}};
    put(body, "lines", report.lines);
    put(body, "waits_for_hold", report.waits_for_hold);
    out.emplace_back(std::move(body));
  }
  return out;
}

std::optional<pending_report> report_from(const json::value& item) {
  const auto* body = item.if_object();
  if (!body)
    return std::nullopt;
  field_reader in{*body};
  const auto ref = uuid_from(in.text("ref"));
  pending_report report{input_id{ref.value_or(uuid{})}, in.ids<line_item_id>("lines"), in.flag("waits_for_hold")};
  return ref && in.ok() ? std::optional{report} : std::nullopt;
}

std::vector<pending_report> reports_from(field_reader& from) {
  std::vector<pending_report> reports;
  for (const auto& item : *from.array("reports")) {
    if (auto report = report_from(item))
      reports.push_back(std::move(*report));
    else
      from.wrong("reports");
  }
  return reports;
}

void read_status(field_reader& from, facts& f) {
  if (!from.has("status"))
    return;
  field_reader in{*from.object("status")};
  const auto status = tiktok_status_from(in.text("status"));
  f.status = status_fact{status.value_or(tiktok_status::unpaid), from_seconds(in.number("update_time"))};
  if (!status || !in.ok())
    from.wrong("status");
}

void read_unknown_status(field_reader& from, facts& f) {
  field_reader in{*from.object("unknown_status")};
  f.unknown_status = in.text("word");
  f.unknown_status_at = from_seconds(in.number("update_time"));
  if (!in.ok())
    from.wrong("unknown_status");
}

} // namespace

json::object timed_facts_to_json(const std::map<std::string, timed_fact>& all) {
  json::object out;
  for (const auto& [id, fact] : all)
    out[id] = json::object{{"at", to_seconds(fact.at)}, {"status", fact.status}};
  return out;
}

std::map<std::string, timed_fact> timed_facts_from(field_reader& from, std::string_view key) {
  std::map<std::string, timed_fact> all;
  for (const auto& [id, value] : *from.object(key)) {
    const auto* body = value.if_object();
    if (!body) {
      from.wrong(key);
      continue;
    }
    field_reader in{*body};
    all[std::string{id}] = timed_fact{in.text("status"), from_seconds(in.number("at"))};
    if (!in.ok())
      from.wrong(key);
  }
  return all;
}

json::object to_json(const facts& f) {
  json::object out;
  put(out, "accepted_lines", f.accepted_lines);
  put(out, "address_changed_at", f.address_changed_at);
  put(out, "address_masked", f.address_masked);
  if (!f.attention.empty())
    out["attention"] = attention_to_json(f.attention);
  if (!f.cancellations.empty())
    out["cancellations"] = timed_facts_to_json(f.cancellations);
  if (f.detail)
    out["detail"] = to_json(*f.detail);
  put(out, "detail_wanted_at", f.detail_wanted_at);
  put(out, "erased", f.erased);
  if (f.fetch_attempts != 0)
    out["fetch_attempts"] = f.fetch_attempts;
  put(out, "had_on_hold", f.had_on_hold);
  put(out, "order_accepted", f.order_accepted);
  if (!f.packages.empty())
    out["packages"] = timed_facts_to_json(f.packages);
  put(out, "posted_hash", f.posted_hash);
  if (!f.reports.empty())
    out["reports"] = reports_to_json(f.reports);
  if (!f.returns.empty())
    out["returns"] = timed_facts_to_json(f.returns);
  put(out, "shop", f.shop.str());
  put(out, "shop_claimed", f.shop_claimed);
  put(out, "shop_confirmed", f.shop_confirmed);
  put(out, "shop_region", f.shop_region);
  if (f.status)
    out["status"] = json::object{{"status", name_of(f.status->status)}, {"update_time", to_seconds(f.status->update_time)}};
  if (!f.unknown_status.empty())
    out["unknown_status"] = json::object{{"update_time", to_seconds(f.unknown_status_at)}, {"word", f.unknown_status}};
  return out;
}

result<facts> facts_from(const json::object& body) {
  field_reader in{body};
  facts f;
  f.accepted_lines = in.ids<line_item_id>("accepted_lines");
  f.address_changed_at = in.seconds("address_changed_at");
  f.address_masked = in.flag("address_masked");
  field_reader attention{*in.object("attention")};
  for (const auto& [kind, since] : *in.object("attention"))
    f.attention[std::string{kind}] = from_micros(attention.number(kind));
  if (!attention.ok())
    in.wrong("attention");
  f.cancellations = timed_facts_from(in, "cancellations");
  if (in.has("detail")) {
    auto detail = detail_fact_from(*in.object("detail"));
    if (!detail)
      return detail.error();
    f.detail = std::move(*detail);
  }
  f.detail_wanted_at = in.micros("detail_wanted_at");
  f.erased = in.flag("erased");
  f.fetch_attempts = static_cast<int>(in.number("fetch_attempts"));
  f.had_on_hold = in.flag("had_on_hold");
  f.order_accepted = in.flag("order_accepted");
  f.packages = timed_facts_from(in, "packages");
  f.posted_hash = in.text("posted_hash");
  f.reports = reports_from(in);
  f.returns = timed_facts_from(in, "returns");
  f.shop = shop_id{in.text("shop")};
  f.shop_claimed = in.flag("shop_claimed");
  f.shop_confirmed = in.flag("shop_confirmed");
  f.shop_region = in.text("shop_region");
  read_status(in, f);
  read_unknown_status(in, f);
  if (!in.ok())
    return in.failure("facts");
  return f;
}

} // namespace orderly
