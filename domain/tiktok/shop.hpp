#pragma once
// A TikTok Shop that is ours, and whether it can be called.

#include "base/clock.hpp"
#include "domain/tiktok/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// Why a shop cannot be called.
enum class shop_obstacle : std::uint8_t {
  not_connected,
  token_expired, ///< and could not be renewed
  deauthorized,  ///< the seller has withdrawn the app's authorization
  inactive       ///< TikTok has closed or suspended it
};
std::string_view name_of(shop_obstacle value);

/// Whether sellers of a shop in this region tell TikTok of a parcel by Mark Package As Shipped (sheet 5.1). "": not known, and
/// TikTok will say.
bool marks_packages_as_shipped(std::string_view region);

struct shop {
  shop_id id;
  std::string region;       ///< ISO 3166 alpha-2: decides which call ships (sheet 5.1)
  std::string cipher;       ///< `shop_cipher` of every shop-scoped call
  std::string access_token; ///< in memory only: never stored, never logged
  std::string app = {};     ///< the key of the app that it has authorized
  timestamp connected_since{};
  std::optional<shop_obstacle> obstacle = {}; ///< nothing: it can be called
};

} // namespace orderly
