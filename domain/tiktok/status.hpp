#pragma once
// TikTok's words, in every spelling that its pages and its API use (sheet 4.4, 5.6, 5.8, 6.3, 10).
// Unknown words give nothing: the order lives on (sheet 8, case 7).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// Ordered by rank: for equal update times the higher one is the newer fact (DESIGN section 2).
// clang-format off
enum class tiktok_status : std::uint8_t {
  unpaid, on_hold, awaiting_shipment, partially_shipping, awaiting_collection, in_transit, delivered, cancelled, completed
};
// clang-format on

/// "CANCEL" and "CANCELLED" are one status; case, blanks, dashes and doubled underscores do not matter.
std::optional<tiktok_status> tiktok_status_from(std::string_view text);
/// TikTok's own spelling in the API, e.g. "AWAITING_SHIPMENT".
std::string_view name_of(tiktok_status status);

enum class cancellation_status : std::uint8_t { pending, success, cancelled, complete };
/// CANCELLATION_REQUEST_PENDING, _SUCCESS, _CANCEL or _CANCELLED, _COMPLETE.
std::optional<cancellation_status> cancellation_status_from(std::string_view text);
std::string_view name_of(cancellation_status status);

/// Return statuses have no effect on the state machine; they are normalised to one spelling (sheet 6.3 topic 12) and kept as
/// text. E.g. RETURN_OR_REFUND__REQUEST_CANCELLED -> RETURN_OR_REFUND_REQUEST_CANCEL. Unknown words come back upper-cased.
std::string normal_return_status(std::string_view text);

enum class package_status : std::uint8_t { to_fulfill, processing, fulfilling, completed, cancelled };
/// "TO FULFILL" and "TO_FULFILL" are one (sheet 5.6).
std::optional<package_status> package_status_from(std::string_view text);
std::string_view name_of(package_status status);

enum class shipping_type : std::uint8_t { unknown, seller, tiktok, tiktok_digital };
shipping_type shipping_type_from(std::string_view text);
std::string_view name_of(shipping_type type);

enum class fulfillment_type : std::uint8_t { unknown, by_seller, by_tiktok, by_dilayani_tokopedia };
fulfillment_type fulfillment_type_from(std::string_view text);
std::string_view name_of(fulfillment_type type);

} // namespace orderly
