#pragma once
// The calls to TikTok Shop that the engine makes. Implemented in net/ over HTTP, in the simulator by a fake. Each call is signed
// afresh. Callbacks run on the implementation's threads, exactly once, and never before the call returns to the caller's stack.

#include "base/clock.hpp"
#include "base/json.hpp"
#include "domain/order/ids.hpp"
#include "domain/tiktok/shop.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// What an answer means for the caller (sheet 7.2).
enum class call_class : std::uint8_t {
  ok,
  back_off,        ///< nothing happened; again later
  outcome_unknown, ///< a time-out or broken connection after the request left: read before repeating a write
  already_shipped, ///< success only if a re-read shows our tracking number
  on_hold,
  cancelled,
  after_sale_open,
  reread,         ///< the package or state is not what we thought
  refused_values, ///< tracking number, provider: an operator corrects
  final_refusal,  ///< no repeat can help
  unknown_code,   ///< none that the sheet has: no reason to repeat a write, none to give up a read
  token_expired,
  not_authorized,
  shop_inactive,
  clock_skew,
  our_fault ///< signature, parameter, path: a bug or a configuration error; never loop
};
std::string_view name_of(call_class value);

/// @param http_status 0 when no answer came
/// @param code        TikTok's `code`; 0 with an HTTP error means that the body was not TikTok's envelope
call_class classify_call(int http_status, std::int64_t code, std::string_view message, bool is_write);

struct call_outcome {
  call_class result = call_class::ok;
  int http_status = 0;
  std::int64_t code = 0;
  std::string message, request_id;
  std::chrono::seconds retry_after{0};
};
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
  virtual void fetch_orders(const shop& from, std::vector<tiktok_order_id> ids, std::function<void(detail_reply)> done) = 0;
  /// POST /fulfillment/202309/orders/{id}/packages (sheet 5.4).
  virtual void mark_shipped(const shop& of, shipment parcel, std::function<void(shipment_reply)> done) = 0;
};

} // namespace orderly
