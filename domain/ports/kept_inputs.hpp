#pragma once
// Inputs that are kept until somebody comes back to them: pending ones and dead letters. Pages of both end early at `page_bytes`
// of raw bodies, with a cursor that goes on: a body may have a megabyte.

#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

/// A page takes no further row once its rows so far have as many bytes of raw bodies. It has one row at least.
inline constexpr std::size_t page_bytes = std::size_t{4} << 20;

/// Inputs that were answered before they were decided, or that were re-driven: to be posted again. Those of a quarantined order
/// wait until it is lifted and are left out.
struct pending_request {
  std::optional<tiktok_order_id> order; ///< those of one order
  timestamp received_before{};          ///< exclusive; the default: no bound
  std::size_t limit = 100;              ///< 1..200
  std::string cursor;
};
struct pending_page {
  std::vector<input> inputs; ///< whole; oldest first. The body is monostate where it cannot be read or is for no order
  std::string next_cursor;   ///< empty at the end
};

struct dead_letter_filter {
  std::optional<dead_letter_cause> cause;
  bool redriven = false;  ///< also those that were re-driven and are not dead again
  std::size_t limit = 50; ///< 1..200
  std::string cursor;
};
struct dead_letter_view {
  std::int64_t id = 0;
  input_id input;
  tiktok_order_id order; ///< empty when the input is for none
  shop_id shop;
  std::string source, type, notification_id;
  dead_letter_cause cause = dead_letter_cause::unparsable; ///< of its last death
  std::int64_t count = 1;
  timestamp first_at{}, last_at{};
  std::optional<timestamp> redriven_at;
  std::shared_ptr<const std::string> raw; ///< never null
};
struct dead_letter_page {
  std::vector<dead_letter_view> letters; ///< newest death first
  std::string next_cursor;
};

} // namespace orderly
