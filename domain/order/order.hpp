#pragma once
// The order: what the order actor holds and the order's row stores. It is the fold of the order's events.

#include "domain/order/facts.hpp"
#include "domain/order/ids.hpp"
#include "domain/order/order_state.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderly {

enum class failure_kind : std::uint8_t { none, cancelled, by_operator };
/// "", "cancelled", "operator": the `failure` column.
std::string_view name_of(failure_kind kind);
failure_kind failure_kind_from(std::string_view name);

struct order {
  order_id id; ///< its creating input's id
  tiktok_order_id tiktok_id;
  order_state state = order_state::received;
  failure_kind failure = failure_kind::none;
  bool held = false;
  std::int64_t version = 0; ///< = the last event's seq. 0: not created yet, or a row inserted by hand (unadopted)
  timestamp created_at{};
  timestamp updated_at{};
  std::optional<timestamp> closed_at; ///< set by CANCELLED and COMPLETED: no deadlines, not counted as open
  orderly::facts facts;
  friend bool operator==(const order&, const order&) = default;
};

/// The next deadline of the seller: ship by `rts_sla_time` while nothing is shipped, then `tts_sla_time`; none when closed or
/// delivered. The `due_at` column.
std::optional<unix_seconds> due_at(const order& o);

} // namespace orderly
