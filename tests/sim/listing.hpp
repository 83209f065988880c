#pragma once
// An order as TikTok holds it: the truth of the simulation. It moves along the lifecycle of sheet 4.4 only.

#include "base/json.hpp"
#include "tests/sim/stage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly::sim {

inline constexpr std::string_view shop_of_all = "7494049642642441621";

struct listing {
  std::string id, status = "UNPAID";
  bool goes_on_hold = true;
  std::int64_t created = 0, updated = 0; ///< Unix seconds
  std::optional<std::int64_t> paid, arranged, collected, delivered, cancelled;
  int edition = 0;          ///< of what can change without a status
  std::int64_t changed = 0; ///< Unix seconds; no two changes have the same, or the later one could not be told from the earlier
  std::string tracking, package; ///< of its only parcel; empty until it is arranged
  json::object before;           ///< its document before the newest status; empty when there was none

  [[nodiscard]] bool open_to_shipping() const { return status == "AWAITING_SHIPMENT" || status == "PARTIALLY_SHIPPING"; }
  [[nodiscard]] bool is_over() const { return status == "COMPLETED" || status == "CANCELLED"; }
};

/// As `GET /order/202309/orders` gives it.
json::object document_of(const listing& from);

/// What happens now by itself, if anything.
std::optional<std::string> next_status(const listing& of, dice& random);
void enter(listing& which, const std::string& status, std::int64_t now);
/// A parcel for the whole order. Precondition: open to shipping.
void arrange(listing& which, const std::string& tracking, std::int64_t now);

} // namespace orderly::sim
