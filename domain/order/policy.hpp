#pragma once
// Every setting that decide() reads. A row of `policies` holds it before its first use, so that a replay decides the same.

#include "base/json.hpp"

#include <chrono>
#include <cstdint>

namespace orderly {

struct policy {
  std::int64_t version = 1;     ///< of the row in `policies`; assigned by the store, not part of the body
  bool auto_start = true;       ///< `processing.auto_start`: AWAITING_SHIPMENT with complete detail enters processing by itself
  bool report_shipments = true; ///< whether `shipped` reports to TikTok unless the command says otherwise
  std::chrono::seconds paid_wait{3600}; ///< no report earlier than this after `paid_time` for orders that never had ON_HOLD
};

json::object to_json(const policy& p);
policy policy_from(const json::object& body, std::int64_t version);

} // namespace orderly
