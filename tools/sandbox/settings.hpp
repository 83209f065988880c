#pragma once
// What the shop is called and how it behaves. Every value has a flag; the defaults are the sheet's example shop.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace orderly::sandbox {

struct settings {
  std::string app_key = "6kx9test1app2", app_secret = "0123456789abcdef0123456789abcdef01234567";
  std::string shop_id = "7494049642642441621", shop_cipher = "ROW_TESTCIPHERAAAABBBBCCCCDDDD";
  std::string access_token = "TTP_sandboxaccesstoken";
  std::uint64_t seed = 1;
  std::chrono::milliseconds step{500};  ///< real time between two statuses, give or take half
  unsigned address_change_percent = 20; ///< orders whose buyer corrects the address (topic 3) before shipping
  unsigned rate_limit = 0;              ///< calls a second and endpoint before 429; 0 = no limit

  std::string webhook_url;        ///< http://HOST:PORT/PATH; empty: webhooks are written down and not sent
  std::size_t connections = 8;    ///< to the webhook's address
  unsigned duplicate_percent = 0; ///< answered webhooks that are sent once more, byte for byte
  bool shuffle = false;           ///< webhooks of one order overtake each other
  /// After the first, second, ... failure; then never again. TikTok: 2 min, 30 min, 3 h, 12 h (sheet 6.1).
  std::vector<std::chrono::milliseconds> retry_delays{std::chrono::milliseconds{250}, std::chrono::milliseconds{1000},
                                                      std::chrono::milliseconds{4000}, std::chrono::milliseconds{10000}};
};

} // namespace orderly::sandbox
