#pragma once
// Every setting that decide() reads. A row of `policies` holds it before its first use, so that a replay decides the same.

#include "base/json.hpp"

#include <chrono>
#include <cstdint>

namespace orderly {

/// Raised with every change of what decide() does, so that an audit knows what a replay may decide otherwise.
/// 2: addresses of pictures and documents are no content; a needless report is withdrawn; a masked address only delays; nothing
/// is shipped when all lines are cancelled; the shop's region decides the call; Retry-After; a shop that only a person named.
inline constexpr std::int64_t current_rules = 2;

struct policy {
  std::int64_t version = 1;           ///< of the row in `policies`; assigned by the store, not part of the body
  std::int64_t rules = current_rules; ///< of the program that remembered it; 1: from before they had a number
  bool auto_start = true;       ///< `processing.auto_start`: AWAITING_SHIPMENT with complete detail enters processing by itself
  bool report_shipments = true; ///< whether `shipped` reports to TikTok unless the command says otherwise
  std::chrono::seconds paid_wait{3600}; ///< no report earlier than this after `paid_time` for orders that never had ON_HOLD
};

json::object to_json(const policy& p);
policy policy_from(const json::object& body, std::int64_t version);

} // namespace orderly
