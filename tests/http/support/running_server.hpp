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
#include <stdexcept>
#include <utility>

namespace orderly::test {

inline constexpr std::string_view test_app_key = "6kx9test1app2", test_secret = "0123456789abcdef0123456789abcdef01234567";

inline server_options quick_options() {
  server_options out;
  out.app_key = test_app_key;
  out.app_secrets = {std::string{test_secret}};
  out.engine_name = "eu-1";
  out.admin_hosts = {"orderly.test"}; // what request_text() asks
  return out;
}

class running_server {
public:
  explicit running_server(server_options options = quick_options()) {
    for (const auto& [name, may] :
         {std::pair{"olga", role::op}, std::pair{"ada", role::admin}, std::pair{"vera", role::viewer}}) {
      kept.put_user({name, may, std::string{its_hash}});
      const auto token = may == role::op ? std::string{"op-token"} : std::string{name_of(may)} + "-token";
      kept.add_token({secret_hash(token), name, may}, [](const result<void>&) {});
    }
    if (const auto read = access.start(); !read)
      throw std::runtime_error(to_string(read.error()));
    auto started =
        start_server(options, {port, actors, reader, who, [this] { return ready.load(); }, clock, ids, measured, shops});
    if (!started)
      throw std::runtime_error(to_string(started.error()));
    http = std::move(*started);
  }

  /// A signed webhook, as TikTok sends it.
  [[nodiscard]] static std::string webhook(std::string_view body, std::string_view secret = test_secret) {
    return request_text("POST", "/webhooks/tiktok", body, {{"Authorization", sign_webhook(test_app_key, secret, body)}});
  }
  [[nodiscard]] std::optional<raw_response> api(std::string_view method, std::string_view target, std::string_view body = {},
                                                header_list headers = {{"Authorization", "Bearer op-token"}}) const {
    return ask_once(http->admin_listen(), request_text(method, target, body, headers));
  }
  /// "name{labels}" of the exposition text -> value. One with labels is there from its first count on, and 0 before.
  [[nodiscard]] double metric(const std::string& name) const {
    const auto text = measured.render();
    const auto at = text.find('\n' + name + ' ');
    if (at == std::string::npos && name.find('{') == std::string::npos)
      throw std::runtime_error("nobody has registered the metric " + name);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
  }
  /// The server still works: a good webhook on a fresh connection gets its 200.
  [[nodiscard]] bool still_serves() const {
    const auto got =
        ask_once(http->listen(), webhook(R"({"type":1,"data":{"order_id":"1","order_status":"UNPAID","update_time":1}})"));
    return got && got->status == 200;
  }

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
  authenticator who{access, [this] { return first_password.load(); }};
  std::unique_ptr<server> http;
};

} // namespace orderly::test
