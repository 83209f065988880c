#include "tools/sandbox/document.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace orderly::sandbox {
namespace {

namespace json = boost::json;

std::string money(std::int64_t cents) {
  if (cents == 0)
    return "0";
  const auto fraction = std::to_string(cents % 100);
  return std::to_string(cents / 100) + "." + (fraction.size() == 1 ? "0" : "") + fraction;
}

/// "1432 Sample St" -> "1*** Sample St", "Alex" -> "A***" (sheet 4.3, last rule).
std::string masked(const std::string& text) {
  if (text.empty())
    return text;
  const auto blank = text.find(' ');
  return text.substr(0, 1) + "***" + (blank == std::string::npos ? "" : text.substr(blank));
}

/// Masked while the order may still be taken back and once it is cancelled; nothing at all before it is paid.
json::object address_of(const order& from) {
  if (from.status == tiktok_status::unpaid)
    return {};
  const bool hide = from.status == tiktok_status::on_hold || from.status == tiktok_status::cancelled;
  const auto& to = from.to;
  // A name may begin with a multi-byte letter: hide it whole, never half of one.
  const auto name = hide ? std::string{"***"} : to.first_name + " " + to.last_name;
  const auto line1 = hide ? masked(to.line1) : to.line1;
  const auto line2 = hide ? masked(to.line2) : to.line2;
  const auto detail = line2.empty() ? line1 : line1 + " " + line2;
  const auto city = hide ? masked(to.city) : to.city;
  json::array districts{
      json::object{
          {"address_level", "L0"}, {"address_level_name", "Country"}, {"address_name", "United States"}, {"iso_code", "US"}},
      json::object{
          {"address_level", "L1"}, {"address_level_name", "State"}, {"address_name", to.state}, {"iso_code", to.state_code}},
      json::object{{"address_level", "L2"}, {"address_level_name", "County"}, {"address_name", to.county}},
      json::object{{"address_level", "L3"}, {"address_level_name", "City"}, {"address_name", city}}};
  return {{"full_address", detail + ", " + city + ", " + to.state + ", United States"},
          {"name", name},
          {"first_name", hide ? "***" : to.first_name},
          {"last_name", hide ? "***" : to.last_name},
          {"phone_number", hide ? "(+1)213-***-" + to.phone.substr(to.phone.size() - 4) : to.phone},
          {"address_line1", line1},
          {"address_line2", line2},
          {"address_line3", ""},
          {"address_line4", ""},
          {"address_detail", detail},
          {"postal_code", hide ? masked(to.postal_code) : to.postal_code},
          {"region_code", "US"},
          {"district_info", districts},
          {"delivery_preferences", json::object{{"drop_off_location", hide ? "***" : "Front Door"}}}};
}

json::object payment_of(const order& from) {
  std::int64_t original = 0, seller = 0, platform = 0, product_tax = 0;
  for (const auto& unit : from.lines) {
    original += unit.original_price;
    seller += unit.seller_discount;
    platform += unit.platform_discount;
    product_tax += unit.tax;
  }
  const auto sub_total = original - seller - platform;
  const auto shipping = from.original_shipping_fee - from.shipping_fee_platform_discount;
  const auto tax = product_tax + from.shipping_fee_tax;
  return {{"currency", "USD"},
          {"original_total_product_price", money(original)},
          {"seller_discount", money(seller)},
          {"platform_discount", money(platform)},
          {"sub_total", money(sub_total)},
          {"original_shipping_fee", money(from.original_shipping_fee)},
          {"shipping_fee_seller_discount", "0"},
          {"shipping_fee_platform_discount", money(from.shipping_fee_platform_discount)},
          {"shipping_fee_cofunded_discount", "0"},
          {"shipping_fee", money(shipping)},
          {"product_tax", money(product_tax)},
          {"shipping_fee_tax", money(from.shipping_fee_tax)},
          {"tax", money(tax)},
          {"retail_delivery_fee", "0"},
          {"total_amount", money(sub_total + shipping + tax)}};
}

/// Lines know neither ON_HOLD nor PARTIALLY_SHIPPING (sheet 4.3, display_status).
std::string_view display_status(const order& from, const line& unit) {
  switch (from.status) {
  case tiktok_status::on_hold: return "AWAITING_SHIPMENT";
  case tiktok_status::partially_shipping: return unit.package_id.empty() ? "AWAITING_SHIPMENT" : "AWAITING_COLLECTION";
  default: return name_of(from.status);
  }
}

std::string_view package_status_of(tiktok_status status) {
  switch (status) {
  case tiktok_status::in_transit: return "FULFILLING";
  case tiktok_status::delivered:
  case tiktok_status::completed: return "COMPLETED";
  case tiktok_status::cancelled: return "CANCELLED";
  default: return "PROCESSING";
  }
}

json::object line_of(const order& from, const line& unit, std::string_view signature) {
  json::object made{{"id", unit.id},
                    {"sku_id", unit.sku_id},
                    {"product_id", unit.product_id},
                    {"product_name", unit.product_name},
                    {"sku_name", unit.sku_name},
                    {"seller_sku", unit.seller_sku},
                    {"sku_image", "https://img.example.com/" + unit.seller_sku + ".jpg?x-signature=" + std::string{signature}},
                    {"original_price", money(unit.original_price)},
                    {"sale_price", money(unit.original_price - unit.seller_discount - unit.platform_discount)},
                    {"seller_discount", money(unit.seller_discount)},
                    {"platform_discount", money(unit.platform_discount)},
                    {"currency", "USD"},
                    {"display_status", json::string{display_status(from, unit)}},
                    {"is_gift", false},
                    {"is_dangerous_good", false},
                    {"item_tax", json::array{json::object{
                                     {"tax_type", "SALES_TAX"}, {"tax_amount", money(unit.tax)}, {"tax_rate", "0.0825"}}}}};
  if (from.status == tiktok_status::cancelled) {
    made["cancel_user"] = from.cancelled_by;
    made["cancel_reason"] = from.cancel_reason;
  }
  const auto inside =
      std::find_if(from.parcels.begin(), from.parcels.end(), [&](const parcel& p) { return p.package_id == unit.package_id; });
  if (inside != from.parcels.end()) {
    made["package_id"] = inside->package_id;
    made["package_status"] = json::string{package_status_of(from.status)};
    made["shipping_provider_id"] = inside->provider_id;
    made["shipping_provider_name"] = inside->provider_name;
    made["tracking_number"] = inside->tracking_number;
    made["rts_time"] = inside->shipped_at;
  }
  return made;
}

/// Times that have not come are absent; the deadlines count from payment.
void add_times(const order& from, json::object& made) {
  const std::pair<const char*, std::int64_t> times[] = {{"paid_time", from.paid_time},
                                                        {"rts_time", from.rts_time},
                                                        {"collection_time", from.collection_time},
                                                        {"delivery_time", from.delivery_time},
                                                        {"cancel_time", from.cancel_time}};
  for (const auto& [name, at] : times)
    if (at != 0)
      made[name] = at;
  if (from.paid_time == 0)
    return;
  constexpr std::int64_t hour = 3600, day = 24 * hour;
  const std::pair<const char*, std::int64_t> deadlines[] = {
      {"rts_sla_time", 2 * day},        {"tts_sla_time", 3 * day},      {"shipping_due_time", 5 * day},
      {"collection_due_time", 6 * day}, {"delivery_sla_time", 7 * day}, {"delivery_option_required_delivery_time", 7 * day},
      {"delivery_due_time", 30 * day}};
  for (const auto& [name, after] : deadlines)
    made[name] = from.paid_time + after;
}

} // namespace

json::object document_of(const order& from, std::string_view signature) {
  json::object made{{"id", from.id},
                    {"status", json::string{name_of(from.status)}},
                    {"is_on_hold_order", true},
                    {"order_type", "NORMAL"},
                    {"user_id", from.user_id},
                    {"buyer_email", from.buyer_email},
                    {"buyer_message", from.buyer_message},
                    {"buyer_nickname", from.buyer_nickname},
                    {"seller_note", ""},
                    {"is_sample_order", false},
                    {"is_replacement_order", false},
                    {"is_exchange_order", false},
                    {"is_subscription_order", false},
                    {"is_buyer_request_cancel", cancel_requested_of_all},
                    {"is_cod", false},
                    {"has_updated_recipient_address", from.address_changed},
                    {"create_time", from.create_time},
                    {"update_time", from.update_time},
                    {"fulfillment_type", "FULFILLMENT_BY_SELLER"},
                    {"shipping_type", json::string{shipping_type_of_all}},
                    {"delivery_type", "HOME_DELIVERY"},
                    {"delivery_option_id", json::string{delivery_option_id}},
                    {"delivery_option_name", "Standard Shipping"},
                    {"warehouse_id", json::string{warehouse_of_all}},
                    {"shipping_provider", from.parcels.empty() ? "" : from.parcels.front().provider_name},
                    {"shipping_provider_id", from.parcels.empty() ? "" : from.parcels.front().provider_id},
                    {"tracking_number", from.parcels.empty() ? "" : from.parcels.front().tracking_number},
                    {"payment_method_name", "Credit/debit card"},
                    {"payment", payment_of(from)},
                    {"recipient_address", address_of(from)}};
  add_times(from, made);
  if (from.status == tiktok_status::cancelled) {
    made["cancellation_initiator"] = from.cancelled_by;
    made["cancel_reason"] = from.cancel_reason;
  }
  if (from.parcels.size() > 1)
    made["split_or_combine_tag"] = "SPLIT";
  json::array packages, lines;
  for (const auto& p : from.parcels)
    packages.push_back(json::object{{"id", p.package_id}});
  for (const auto& unit : from.lines)
    lines.push_back(line_of(from, unit, signature));
  made["packages"] = std::move(packages);
  made["line_items"] = std::move(lines);
  return made;
}

} // namespace orderly::sandbox
