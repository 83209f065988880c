#pragma once
// Webhooks as TikTok sends them.

#include "tests/http/support/running_server.hpp"

#include <cstdio>
#include <string>

namespace orderly::test {

inline const std::string unpaid =
    R"({"type":1,"tts_notification_id":"7640000000000000001","shop_id":"7494049642642441621","timestamp":1789478992,)"
    R"("data":{"order_id":"576461413038785752","order_status":"UNPAID","is_on_hold_order":true,"update_time":1789478990}})";

inline std::string status_webhook(int order) {
  return R"({"type":1,"data":{"order_id":")" + std::to_string(order) + R"(","order_status":"UNPAID","update_time":1}})";
}

inline std::string chunked_webhook(const std::string& body, std::size_t chunk) {
  std::string out =
      "POST /webhooks/tiktok HTTP/1.1\r\nHost: x\r\nAuthorization: " + sign_webhook(test_app_key, test_secret, body) +
      "\r\nTransfer-Encoding: chunked\r\n\r\n";
  char size[20];
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const auto piece = body.substr(at, chunk);
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    out += size + piece + "\r\n";
  }
  return out + "0\r\n\r\n";
}

} // namespace orderly::test
