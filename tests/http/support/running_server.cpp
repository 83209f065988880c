#include "tests/http/support/running_server.hpp"

#include <stdexcept>
#include <utility>

namespace orderly::test {

server_options quick_options() {
  server_options out;
  out.app_key = test_app_key;
  out.app_secrets = {std::string{test_secret}};
  out.engine_name = "eu-1";
  out.admin_hosts = {"orderly.test"}; // what request_text() asks
  return out;
}

running_server::running_server(server_options options) : who{access, [this] { return first_password.load(); }} {
  for (const auto& [name, may] :
       {std::pair{"olga", role::op}, std::pair{"ada", role::admin}, std::pair{"vera", role::viewer}}) {
    kept.put_user({name, may, std::string{its_hash}});
    const auto token = may == role::op ? std::string{"op-token"} : std::string{name_of(may)} + "-token";
    kept.add_token({secret_hash(token), name, may}, [](const result<void>&) {});
  }
  if (const auto read = access.start(); !read)
    throw std::runtime_error(to_string(read.error()));
  auto started = start_server(options, {port, actors, reader, who, [this] { return ready.load(); }, clock, ids, measured, shops});
  if (!started)
    throw std::runtime_error(to_string(started.error()));
  http = std::move(*started);
}

running_server::~running_server() = default;

std::string running_server::webhook(std::string_view body, std::string_view secret) {
  return request_text("POST", "/webhooks/tiktok", body, {{"Authorization", sign_webhook(test_app_key, secret, body)}});
}

std::optional<raw_response> running_server::api(std::string_view method, std::string_view target, std::string_view body,
                                                header_list headers) const {
  return ask_once(http->admin_listen(), request_text(method, target, body, headers));
}

double running_server::metric(const std::string& name) const {
  const auto text = measured.render();
  const auto at = text.find('\n' + name + ' ');
  if (at == std::string::npos && name.find('{') == std::string::npos)
    throw std::runtime_error("nobody has registered the metric " + name);
  return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
}

bool running_server::still_serves() const {
  const auto got =
      ask_once(http->listen(), webhook(R"({"type":1,"data":{"order_id":"1","order_status":"UNPAID","update_time":1}})"));
  return got && got->status == 200;
}

} // namespace orderly::test
