#include "domain/order/facts.hpp"
#include "domain/order/json_fields.hpp"

#include <array>
#include <utility>

namespace orderly {
namespace {

/// Every optional time of the extract, by TikTok's name for it.
constexpr std::array<std::pair<std::string_view, std::optional<unix_seconds> detail_fact::*>, 8> times{{
    {"cancel_time", &detail_fact::cancel_time},
    {"collection_time", &detail_fact::collection_time},
    {"create_time", &detail_fact::create_time},
    {"delivery_time", &detail_fact::delivery_time},
    {"paid_time", &detail_fact::paid_time},
    {"rts_sla_time", &detail_fact::rts_sla_time},
    {"rts_time", &detail_fact::rts_time},
    {"tts_sla_time", &detail_fact::tts_sla_time},
}};

json::object line_to_json(const line_fact& line) {
  json::object out{{"id", line.id.str()}};
  put(out, "display_status", line.display_status);
  put(out, "package_id", line.package.str());
  return out;
}

std::vector<line_fact> lines_from(field_reader& from) {
  std::vector<line_fact> lines;
  for (const auto& item : *from.array("lines")) {
    const auto* body = item.if_object();
    if (!body) {
      from.wrong("lines");
      continue;
    }
    field_reader in{*body};
    lines.push_back({line_item_id{in.text("id")}, in.text("display_status"), package_id{in.text("package_id")}});
    if (!in.ok())
      from.wrong("lines");
  }
  return lines;
}

} // namespace

json::object to_json(const detail_fact& d) {
  json::object out{{"update_time", to_seconds(d.update_time)}, {"requested_at", to_micros(d.requested_at)}};
  put(out, "address_clear", d.address_clear);
  put(out, "content_hash", d.content_hash);
  put(out, "fulfillment_type", std::string{name_of(d.fulfillment)});
  if (d.is_on_hold_order)
    out["is_on_hold_order"] = *d.is_on_hold_order;
  if (!d.lines.empty()) {
    json::array lines;
    for (const auto& line : d.lines)
      lines.emplace_back(line_to_json(line));
    out["lines"] = std::move(lines);
  }
  put(out, "region", d.region);
  put(out, "shipping_type", std::string{name_of(d.shipping)});
  put(out, "status", d.status);
  for (const auto& [key, member] : times)
    put(out, key, d.*member);
  return out;
}

result<detail_fact> detail_fact_from(const json::object& body) {
  field_reader in{body};
  detail_fact d;
  d.update_time = from_seconds(in.number("update_time"));
  d.requested_at = from_micros(in.number("requested_at"));
  d.address_clear = in.flag("address_clear");
  d.content_hash = in.text("content_hash");
  d.fulfillment = fulfillment_type_from(in.text("fulfillment_type"));
  if (in.has("is_on_hold_order"))
    d.is_on_hold_order = in.flag("is_on_hold_order");
  d.lines = lines_from(in);
  d.region = in.text("region");
  d.shipping = shipping_type_from(in.text("shipping_type"));
  d.status = in.text("status");
  for (const auto& [key, member] : times)
    d.*member = in.seconds(key);
  if (!in.ok())
    return in.failure("detail");
  return d;
}

} // namespace orderly
