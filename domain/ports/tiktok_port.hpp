#pragma once
// The calls to TikTok Shop that the engine makes. Implemented in net/ over HTTP, in the simulator by a fake. Each call is signed
// afresh, with the shop's token of that moment; to a shop that cannot be called nothing is sent. Callbacks run on the
// implementation's threads, exactly once, and never before the call returns to the caller's stack.

#include "base/clock.hpp"
#include "base/json.hpp"
#include "domain/tiktok/call.hpp"
#include "domain/tiktok/ids.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

struct detail_reply {
  call_outcome outcome;
  std::vector<json::object> orders; ///< may lack some of those asked for
  timestamp requested_at{};         ///< when the request was sent, by the engine's clock
};
struct shipment {
  tiktok_order_id order;
  std::vector<line_item_id> lines; ///< empty: the whole order
  std::string tracking_number, shipping_provider_id;
};
struct shipment_reply {
  call_outcome outcome;
  package_id package;
  std::string warning; ///< `data.warning.message` may come with success (sheet 5.4)
};

class tiktok_port {
public:
  virtual ~tiktok_port() = default;
  static constexpr std::size_t max_ids_per_call = 50; ///< sheet 4.2
  virtual void fetch_orders(const shop_id& from, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done) = 0;
  /// POST /fulfillment/202309/orders/{id}/packages (sheet 5.4).
  virtual void mark_shipped(const shop_id& of, shipment parcel, std::function<void(shipment_reply)> done) = 0;
};

} // namespace orderly
