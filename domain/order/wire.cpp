#include "domain/order/wire.hpp"

#include "domain/order/json_fields.hpp"

namespace orderly {
namespace {

void put_wait(json::object& out, std::chrono::seconds retry_after) {
  if (retry_after.count() != 0)
    out["retry_after"] = retry_after.count();
}

json::object promise_to_json(const outbox_ref& promise) { return {{"attempt", promise.attempt}, {"row", promise.row}}; }

json::object written(const fetched_detail& b) {
  json::object out{{"order", b.order}, {"requested_at", to_micros(b.requested_at)}};
  if (b.promise)
    out["promise"] = promise_to_json(*b.promise);
  put(out, "shop_region", b.shop_region);
  return out;
}
json::object written(const fetch_failed& b) {
  json::object out{{"promise", promise_to_json(b.promise)}, {"retry", b.retry}};
  put(out, "code", b.code);
  put(out, "message", b.message);
  put(out, "requested_at", b.requested_at);
  put_wait(out, b.retry_after);
  return out;
}
json::object written(const report_answered& b) {
  json::object out{{"promise", promise_to_json(b.promise)}, {"report", to_string(b.report)}, {"result", name_of(b.result)}};
  put(out, "code", b.code);
  put(out, "message", b.message);
  put(out, "package_id", b.package.str());
  put_wait(out, b.retry_after);
  return out;
}
json::object written(const create_order& b) {
  json::object out{{"order_data", b.order_data}};
  put(out, "shop_id", b.shop.str());
  return out;
}
json::object written(const move_order& b) {
  json::object out{{"to", name_of(b.to)}};
  put(out, "reason", b.reason);
  if (b.expected_version)
    out["expected_version"] = *b.expected_version;
  put(out, "tracking_number", b.tracking_number);
  put(out, "shipping_provider_id", b.shipping_provider_id);
  put(out, "line_item_ids", b.lines);
  if (b.report)
    out["report"] = *b.report;
  put(out, "retry", b.retry);
  return out;
}
json::object written(const hold_order& b) {
  json::object out;
  put(out, "reason", b.reason);
  return out;
}
json::object written(const add_note& b) { return {{"text", b.text}}; }
json::object written(const clear_attention& b) { return {{"kind", b.kind}}; }
/// The rest has nothing to say, or comes from TikTok with its own bytes.
template <class Other>
json::object written(const Other&) {
  return {};
}

std::string_view type_name(const fetched_detail&) { return "order_detail"; }
std::string_view type_name(const fetch_failed&) { return "fetch_failed"; }
std::string_view type_name(const report_answered&) { return "report_answered"; }
std::string_view type_name(const create_order&) { return "create"; }
std::string_view type_name(const move_order&) { return "transition"; }
std::string_view type_name(const hold_order&) { return "hold"; }
std::string_view type_name(const release_order&) { return "release"; }
std::string_view type_name(const add_note&) { return "note"; }
std::string_view type_name(const clear_attention&) { return "clear_attention"; }
template <class Observation>
std::string_view type_name(const Observation&) {
  return {};
}

} // namespace

std::string_view type_of(const input_body& body) {
  return std::visit([](const auto& b) { return type_name(b); }, body);
}

std::string raw_of(const input_body& body) {
  auto out = std::visit([](const auto& b) { return written(b); }, body);
  if (is_command(body))
    out["command"] = type_of(body);
  return canonical_json(out);
}

} // namespace orderly
