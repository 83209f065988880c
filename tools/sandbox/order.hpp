#pragma once
// An order as TikTok holds it. Money is whole cents here and becomes decimal text in document.cpp.

#include "domain/tiktok/status.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace orderly::sandbox {

struct line { ///< one unit: TikTok has no quantities (sheet 4.3)
  std::string id, sku_id, product_id, product_name, sku_name, seller_sku;
  std::int64_t original_price = 0, seller_discount = 0, platform_discount = 0, tax = 0; ///< cents
  std::string package_id;                                                               ///< empty until it is in a parcel
};

struct parcel {
  std::string package_id, tracking_number, provider_id, provider_name;
  std::int64_t shipped_at = 0; ///< Unix seconds
};

struct recipient {
  std::string first_name, last_name, phone, line1, line2, city, county, state, state_code, postal_code;
};

struct order {
  std::string id, user_id, buyer_nickname, buyer_email, buyer_message;
  tiktok_status status = tiktok_status::unpaid;
  /// Unix seconds, 0 = not yet.
  std::int64_t create_time = 0, paid_time = 0, update_time = 0, released_time = 0, rts_time = 0, collection_time = 0,
               delivery_time = 0, cancel_time = 0;
  std::int64_t original_shipping_fee = 0, shipping_fee_platform_discount = 0, shipping_fee_tax = 0; ///< cents
  bool address_changed = false;
  recipient to;
  std::string cancel_reason, cancelled_by;
  std::vector<line> lines;
  std::vector<parcel> parcels;

  [[nodiscard]] bool open_to_shipping() const {
    return status == tiktok_status::awaiting_shipment || status == tiktok_status::partially_shipping;
  }
};

struct shipping_provider {
  std::string_view id, name, prefix; ///< tracking numbers that begin otherwise succeed with a warning (sheet 5.4)
};
inline constexpr shipping_provider shipping_providers[] = {
    {"7117858858072016686", "UPS", "1Z"}, {"7117859084333745966", "USPS", "9"}, {"7129720299146184490", "FedEx", "7"}};
inline constexpr std::string_view delivery_option_id = "7091146663229654785";
/// The same for every order of this shop: its sellers ship by themselves, from one warehouse, and no buyer asks them to cancel.
inline constexpr std::string_view shipping_type_of_all = "SELLER", warehouse_of_all = "6955005333819123123";
inline constexpr bool cancel_requested_of_all = false;

/// Seconds. A younger order would still be ON_HOLD, which lasts an hour here as at TikTok.
inline constexpr std::int64_t usual_age = 3660, oldest_age = 90 * 86400;

} // namespace orderly::sandbox
