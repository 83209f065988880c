#pragma once
// The history: append-only, gapless (DESIGN I5). Detail holds codes, ids, times and statuses only; free text and tracking numbers
// stay in the input's raw bytes and are shown through `input` (DECISIONS "Privacy").

#include "base/clock.hpp"
#include "base/json.hpp"
#include "domain/order/ids.hpp"
#include "domain/order/order_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

// clang-format off
enum class event_type : std::uint8_t {
  created, transitioned, refused, detail_updated, fact_updated, note, held, released, report_queued, report_succeeded,
  report_failed, attention_raised, attention_cleared, erased
};
// clang-format on
std::string_view name_of(event_type type);
std::optional<event_type> event_type_from(std::string_view name);

struct event {
  std::int64_t seq = 0; ///< 1, 2, 3 ... in the order
  timestamp at{};       ///< the `now` that was given to decide
  event_type type = event_type::created;
  std::string source; ///< name of the input's source: "webhook", "api", "tiktok", "poll", "replay", "engine"
  std::string actor;  ///< the user, when a person did it; else ""
  std::optional<order_state> from, to;
  json::object detail;
  input_id input; ///< what caused it
  friend bool operator==(const event&, const event&) = default;
};

} // namespace orderly
