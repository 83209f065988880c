#pragma once
// The real server on free ports, over a recording port and orders in memory.

#include "net/access/authenticator.hpp"
#include "net/access/secrets.hpp"
#include "net/server.hpp"
#include "net/tiktok/shop_table.hpp"
#include "net/tiktok/signing.hpp"
#include "tests/http/support/raw_http.hpp"
#include "tests/http/support/recording_actors.hpp"
#include "tests/http/support/recording_port.hpp"
#include "tests/http/support/stored_orders.hpp"
#include "tests/support/kept_access.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seed.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orderly::test {

inline constexpr std::string_view test_app_key = "6kx9test1app2", test_secret = "0123456789abcdef0123456789abcdef01234567";

server_options quick_options();

class running_server {
public:
  explicit running_server(server_options options = quick_options());
  ~running_server();

  /// A signed webhook, as TikTok sends it.
  [[nodiscard]] static std::string webhook(std::string_view body, std::string_view secret = test_secret);
  [[nodiscard]] std::optional<raw_response> api(std::string_view method, std::string_view target, std::string_view body = {},
                                                header_list headers = {{"Authorization", "Bearer op-token"}}) const;
  /// "name{labels}" of the exposition text -> value. One with labels is there from its first count on, and 0 before.
  [[nodiscard]] double metric(const std::string& name) const;
  /// The server still works: a good webhook on a fresh connection gets its 200.
  [[nodiscard]] bool still_serves() const;

  manual_clock clock;
  metrics measured;
  uuid_v7_source ids{clock, seed_of_run()};
  recording_port port;
  recording_actors actors;
  stored_orders reader;
  shop_table shops;
  std::atomic<bool> ready{true}, first_password{false};
  kept_access kept; ///< olga, an operator; ada, an admin; vera, a viewer: each with a_password and ROLE-token
  live_access access{kept, clock, std::chrono::hours{1}};
  authenticator who;
  std::unique_ptr<server> http;
};

} // namespace orderly::test
