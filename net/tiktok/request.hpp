#pragma once
// One call to TikTok Shop: how it is written, signed and read (sheet 2, 4.2, 5.4, 7). Pure.

#include "base/json.hpp"
#include "domain/ports/tiktok_port.hpp"

#include <map>
#include <string>
#include <string_view>

namespace orderly {

struct tiktok_request {
  std::string_view endpoint; ///< a literal: metric label
  std::string method, path;
  std::map<std::string, std::string> query; ///< of this call alone; un-escaped
  std::string body;                         ///< the bytes that are signed and sent
  bool is_write = false;
};

/// GET /order/202309/orders?ids=a,b. Precondition: 1..50 ids.
tiktok_request detail_request(const std::vector<tiktok_order_id>& ids);
/// POST /fulfillment/202309/orders/{id}/packages.
tiktok_request shipment_request(const shipment& parcel);

/// Path and query with app_key, timestamp, shop_cipher (if any) and sign; values percent-encoded, while the raw ones are signed.
std::string signed_target(const tiktok_request& request, const std::string& app_key, std::string_view app_secret,
                          const std::string& shop_cipher, unix_seconds at);

struct tiktok_answer {
  call_outcome outcome;
  json::object data; ///< empty when absent or null
};
/// Any HTTP answer. What is not TikTok's envelope (HTML, an empty body) is never `ok`.
/// @param retry_after the header as sent: seconds or an HTTP date; may be empty
tiktok_answer read_answer(int http_status, std::string_view body, std::string_view retry_after, bool is_write, timestamp now);

detail_reply read_detail(tiktok_answer answer);
shipment_reply read_shipment(const tiktok_answer& answer);

} // namespace orderly
