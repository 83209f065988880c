#pragma once
// A connected TikTok Shop. The access token lives in memory only, read from its file or the environment.

#include "domain/tiktok/ids.hpp"

#include <string>

namespace orderly {

struct shop {
  shop_id id;
  std::string region;       ///< ISO 3166 alpha-2: decides which call ships (sheet 5.1)
  std::string cipher;       ///< `shop_cipher` of every shop-scoped call
  std::string access_token; ///< never stored, never logged
};

} // namespace orderly
