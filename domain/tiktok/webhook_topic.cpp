#include "domain/tiktok/webhook_topic.hpp"

#include <array>
#include <utility>

namespace orderly {
namespace {

/// Sheet 6.4; the spelling of 6.5 where TikTok has one.
constexpr std::array<std::pair<std::int64_t, std::string_view>, 46> topics{{
    {1, "ORDER_STATUS_CHANGE"},
    {2, "REVERSE_STATUS_UPDATE"},
    {3, "RECIPIENT_ADDRESS_UPDATE"},
    {4, "PACKAGE_UPDATE"},
    {5, "PRODUCT_STATUS_CHANGE"},
    {6, "SELLER_DEAUTHORIZATION"},
    {7, "UPCOMING_AUTHORIZATION_EXPIRATION"},
    {11, "CANCELLATION_STATUS_CHANGE"},
    {12, "RETURN_STATUS_CHANGE"},
    {13, "NEW_CONVERSATION"},
    {14, "NEW_MESSAGE"},
    {15, "PRODUCT_INFORMATION_CHANGE"},
    {16, "PRODUCT_CREATION"},
    {17, "SHOPPABLE_CONTENT_POSTING"},
    {18, "PRODUCT_CATEGORY_CHANGE"},
    {19, "SIZE_CHART_CHANGE"},
    {20, "CREATOR_DEAUTHORIZATION"},
    {21, "INBOUND_FBT_ORDER_STATUS_CHANGE"},
    {22, "FBT_MERCHANT_ONBOARDING"},
    {23, "GOODS_MATCH"},
    {24, "FBT_INVENTORY_UPDATE"},
    {25, "OPPORTUNITY_MATCHING"},
    {27, "INVENTORY_STATUS_CHANGE"},
    {33, "NEW_MESSAGE_LISTENER"},
    {35, "TOKOPEDIA_MIRROR"},
    {36, "INVOICE_STATUS_CHANGE"},
    {37, "PRODUCT_AUDIT_STATUS_CHANGE"},
    {38, "STRIKETHROUGH_PRICE_EXPIRED"},
    {39, "ACTIVITY_STATUS_CHANGE"},
    {42, "COMBINED_LISTING"},
    {46, "IMAGE_TRANSLATION"},
    {50, "SKU_STATUS_CHANGE"},
    {51, "GLOBAL_REPLICATION"},
    {52, "GLOBAL_LISTING_METHOD"},
    {55, "VIDEO_PRECHECK"},
    {56, "SAMPLE_APPLICATION"},
    {58, "FBT_MCF_ORDER"},
    {59, "SHOPPABLE_VIDEO_PRECHECK_TASKS"},
    {62, "PRODUCT_PACKAGE_RECOMMENDED"},
    {63, "ACTIVITY_CHANGE"},
    {64, "AFTERSALES_REQUEST_STATUS_UPDATE"},
    {65, "RMA_STATUS_UPDATE"},
    {66, "APPEAL_COMPLETED"},
    {67, "REFUND_SUCCESS"},
    {68, "INVENTORY_CHANGED"},
    {71, "INVENTORY_CHANGED_BY_SHOP"},
}};

} // namespace

std::string_view topic_name(std::int64_t number) {
  for (const auto& [known, name] : topics)
    if (known == number)
      return name;
  return "UNKNOWN";
}

bool is_chat_topic(std::int64_t number) {
  return number == topic::new_conversation || number == topic::new_message || number == topic::new_message_listener;
}

} // namespace orderly
