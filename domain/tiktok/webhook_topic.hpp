#pragma once
// Webhook topics by number (sheet 6.4). Those that no part of an order depends on are acknowledged and counted.

#include <cstdint>
#include <string_view>

namespace orderly {

namespace topic {
inline constexpr std::int64_t order_status = 1, reverse_status = 2, recipient_address = 3, package_update = 4,
                              seller_deauthorization = 6, authorization_expiring = 7, cancellation = 11, return_status = 12,
                              new_conversation = 13, new_message = 14, new_message_listener = 33, invoice = 36,
                              aftersales_request = 64, rma = 65, refund_success = 67;
} // namespace topic

/// "ORDER_STATUS_CHANGE"; "UNKNOWN" for numbers that the sheet does not list. For `inputs.type` and metric labels.
std::string_view topic_name(std::int64_t number);
/// Bodies that may hold what buyers write are never kept.
bool is_chat_topic(std::int64_t number);

} // namespace orderly
