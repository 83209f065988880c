#include "tests/sim/listing.hpp"

#include <algorithm>

namespace orderly::sim {
namespace {

/// Where an order may go by itself (sheet 4.4), and how often of a hundred moments. The seller's own part is arrange().
struct way {
  std::string_view from, to;
  int percent;
};
constexpr way lawful[]{{"UNPAID", "ON_HOLD", 90},
                       {"UNPAID", "CANCELLED", 10},
                       {"ON_HOLD", "AWAITING_SHIPMENT", 90},
                       {"ON_HOLD", "CANCELLED", 10},
                       {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", 4},
                       {"AWAITING_SHIPMENT", "CANCELLED", 5},
                       {"PARTIALLY_SHIPPING", "CANCELLED", 20},
                       {"AWAITING_COLLECTION", "IN_TRANSIT", 50},
                       {"AWAITING_COLLECTION", "CANCELLED", 10},
                       {"AWAITING_COLLECTION", "COMPLETED", 5},
                       {"IN_TRANSIT", "DELIVERED", 50},
                       {"IN_TRANSIT", "CANCELLED", 10},
                       {"IN_TRANSIT", "COMPLETED", 5},
                       {"DELIVERED", "COMPLETED", 30}};

void put_time(json::object& into, std::string_view name, const std::optional<std::int64_t>& at) {
  if (at)
    into[name] = *at;
}

json::object address_of(const listing& from) {
  if (from.status == "UNPAID" || from.status == "ON_HOLD")
    return {};
  return {{"name", "Alex Example"}, {"address_line1", std::to_string(from.edition) + " Example Ave"}, {"region_code", "US"}};
}

} // namespace

json::object document_of(const listing& from) {
  json::object line{{"id", from.id + "1"}, {"sku_id", "1729386416015578024"}, {"display_status", from.status}};
  if (!from.tracking.empty()) {
    line["tracking_number"] = from.tracking;
    line["package_id"] = from.package;
  }
  json::object out{{"id", from.id},
                   {"status", from.status},
                   {"is_on_hold_order", from.goes_on_hold},
                   {"create_time", from.created},
                   {"update_time", from.updated},
                   {"fulfillment_type", "FULFILLMENT_BY_SELLER"},
                   {"shipping_type", "SELLER"},
                   {"buyer_message", "edition " + std::to_string(from.edition)},
                   {"recipient_address", address_of(from)},
                   {"line_items", json::array{line}}};
  put_time(out, "paid_time", from.paid);
  put_time(out, "rts_time", from.arranged);
  put_time(out, "collection_time", from.collected);
  put_time(out, "delivery_time", from.delivered);
  put_time(out, "cancel_time", from.cancelled);
  return out;
}

std::optional<std::string> next_status(const listing& of, dice& random) {
  int left = random.below(100);
  for (const auto& each : lawful) {
    if (each.from != of.status)
      continue;
    if (left < each.percent)
      return each.to == "ON_HOLD" && !of.goes_on_hold ? "AWAITING_SHIPMENT" : std::string{each.to};
    left -= each.percent;
  }
  return std::nullopt;
}

void enter(listing& which, const std::string& status, std::int64_t now) {
  which.before = document_of(which);
  which.status = status;
  which.updated = std::max(which.updated, now);
  if (status == "ON_HOLD" || status == "AWAITING_SHIPMENT")
    which.paid = which.paid.value_or(which.updated);
  if (status == "AWAITING_COLLECTION")
    which.arranged = which.updated;
  if (status == "IN_TRANSIT")
    which.collected = which.updated;
  if (status == "DELIVERED")
    which.delivered = which.updated;
  if (status == "CANCELLED")
    which.cancelled = which.updated;
}

void arrange(listing& which, const std::string& tracking, std::int64_t now) {
  which.tracking = tracking;
  which.package = which.id + "9";
  enter(which, "AWAITING_COLLECTION", now);
}

} // namespace orderly::sim
