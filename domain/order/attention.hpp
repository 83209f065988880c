#pragma once
// Kinds of attention that decide() raises: something that a person should look at. Other parts may raise kinds of their own.

#include <algorithm>
#include <array>
#include <string_view>

namespace orderly::attention {

inline constexpr std::string_view unknown_status = "unknown_status";
inline constexpr std::string_view cancelled_after_shipment = "cancelled_after_shipment";
inline constexpr std::string_view completed_without_delivery = "completed_without_delivery";
inline constexpr std::string_view moved_after_failed = "moved_after_failed";
inline constexpr std::string_view shipped_after_failure = "shipped_after_failure";
inline constexpr std::string_view report_failed = "report_failed";
inline constexpr std::string_view report_lagging = "report_lagging";
inline constexpr std::string_view detail_lagging = "detail_lagging";
inline constexpr std::string_view detail_failed = "detail_failed";
inline constexpr std::string_view address_masked = "address_masked"; ///< the order goes on: a person looks before it is packed
inline constexpr std::string_view shop_not_connected = "shop_not_connected";

/// Not decide's: raised and cleared by the registry, apart from the order's commits.
inline constexpr std::string_view quarantined = "quarantined";

/// Of a shop: webhooks that name it come with signatures that are not ours, and TikTok takes our 401 as final.
inline constexpr std::string_view signature_failing = "signature_failing";

/// Those that decide raises of an order.
inline constexpr std::array all{unknown_status,     cancelled_after_shipment, completed_without_delivery,
                                moved_after_failed, shipped_after_failure,    report_failed,
                                report_lagging,     detail_lagging,           detail_failed,
                                address_masked,     shop_not_connected};
inline bool is_known(std::string_view kind) { return std::find(all.begin(), all.end(), kind) != all.end(); }

} // namespace orderly::attention
