#pragma once
// What a webhook says of an order: one struct a kind of topic (sheet 6.3).

#include "base/clock.hpp"
#include "domain/tiktok/ids.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderly {

struct observed_status { ///< topic 1
  std::string status;    ///< as TikTok wrote it; may be unknown
  unix_seconds update_time{};
  std::optional<bool> is_on_hold_order;
  friend bool operator==(const observed_status&, const observed_status&) = default;
};
struct observed_address { ///< topic 3
  unix_seconds update_time{};
  friend bool operator==(const observed_address&, const observed_address&) = default;
};
struct observed_package {           ///< topic 4
  std::vector<package_id> packages; ///< those of this order
  std::string change;               ///< `sc_type`
  unix_seconds update_time{};
  friend bool operator==(const observed_package&, const observed_package&) = default;
};
struct observed_cancellation { ///< topic 11; no update time inside, so the envelope's timestamp
  std::string id, status, role;
  unix_seconds at{};
  friend bool operator==(const observed_cancellation&, const observed_cancellation&) = default;
};
struct observed_return { ///< topic 12
  std::string id, status, type;
  unix_seconds update_time{};
  friend bool operator==(const observed_return&, const observed_return&) = default;
};
/// Something about the order changed that only a detail tells: topics 2, 36, 67.
struct observed_hint {
  friend bool operator==(const observed_hint&, const observed_hint&) = default;
};

using observation =
    std::variant<observed_status, observed_address, observed_package, observed_cancellation, observed_return, observed_hint>;

} // namespace orderly
