#pragma once
// A webhook's bytes to what it says (sheet 6.2, 6.3). Pure: the signature is checked before, ids and times are minted by the
// caller.

#include "base/clock.hpp"
#include "domain/tiktok/ids.hpp"
#include "domain/tiktok/observation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

enum class webhook_kind : std::uint8_t {
  for_orders, ///< `orders` is not empty
  ignored,    ///< topic unknown or not used, or an object without `type`
  unparsable, ///< not a JSON object: dead letter
  no_order_id ///< an order topic without a usable id: dead letter
};

struct parsed_webhook {
  webhook_kind kind = webhook_kind::unparsable;
  std::int64_t topic = 0;      ///< 0 when absent
  std::string notification_id; ///< may be absent (sheet 6.2)
  shop_id shop;
  unix_seconds pushed_at{};
  std::vector<std::pair<tiktok_order_id, observation>> orders; ///< each order once
  /// `w:<notification id, else hash of (type, shop, order, status, update_time)>:<16 hex of sha256(raw)>`
  std::string dedupe_key;
};

parsed_webhook parse_webhook(std::string_view raw);

} // namespace orderly
