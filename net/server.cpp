#include "net/server.hpp"

#include "net/api/admin_site.hpp"
#include "net/edge/public_site.hpp"
#include "net/http/listener.hpp"

#include <thread>

namespace orderly {
namespace {

class two_listeners final : public server {
public:
  two_listeners(edge_ptr webhooks, std::unique_ptr<order_stream> stream, std::unique_ptr<listener> open,
                std::unique_ptr<listener> admin)
      : webhooks_(std::move(webhooks)), stream_(std::move(stream)), public_(std::move(open)), admin_(std::move(admin)) {
    public_->start();
    admin_->start();
  }
  ~two_listeners() override { webhooks_->http->state.start_draining(); }

  [[nodiscard]] std::string listen() const override { return public_->address(); }
  [[nodiscard]] std::string admin_listen() const override { return admin_->address(); }
  void accept_secrets(std::vector<std::string> app_secrets) override { webhooks_->secrets.replace(std::move(app_secrets)); }
  void limit_in_flight(std::size_t max_in_flight) override { webhooks_->gate->set_limit(max_in_flight); }
  void drain(std::chrono::milliseconds grace) override {
    constexpr std::chrono::milliseconds look_again{5};
    const auto end = std::chrono::steady_clock::now() + grace;
    webhooks_->http->state.start_draining();
    for (auto* one : {public_.get(), admin_.get()}) {
      one->stop_accepting();
      while (one->open_connections() != 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(look_again);
    }
  }

private:
  edge_ptr webhooks_;
  std::unique_ptr<order_stream> stream_; // outlives the handlers that ask it
  std::unique_ptr<listener> public_, admin_;
};

result<std::vector<ip_network>> proxies_of(const server_options& options) {
  std::vector<ip_network> out;
  for (const auto& text : options.trusted_proxies) {
    const auto one = parse_ip_network(text);
    if (!one)
      return error{error_code::bad_config, "\"" + text + "\" is no address and no network", {{"address", text}}};
    out.push_back(*one);
  }
  return out;
}

} // namespace

result<std::unique_ptr<server>> start_server(const server_options& options, const server_parts& parts) {
  auto proxies = proxies_of(options);
  if (!proxies)
    return proxies.error();
  const auto http = std::make_shared<http_context>(options, parts.time, parts.measured, parts.ready, std::move(*proxies));
  const auto gate = std::make_shared<admission>(options.max_in_flight, http->meter.in_flight);
  const edge_ptr webhooks{new edge{http, gate, parts.orders, parts.actors, parts.ids, options.app_key,
                                   published{options.app_secrets}, options.webhook_deadline}};
  auto stream = std::make_unique<order_stream>(parts.reader, parts.access, parts.time, options.stream);
  const api_context_ptr api{
      new api_context{http, gate, parts.orders, parts.actors, parts.reader, parts.ids, parts.measured, parts.access,
                      options.command_deadline, options.rules, own_names{options.admin_listen, options.admin_hosts}, parts.shops,
                      options.engine_name, std::make_shared<refusal_log>(parts.time), options.metrics_open_to_loopback, *stream}};
  auto open = make_listener(options.listen, options.threads, make_public_site(webhooks), http);
  if (!open)
    return open.error();
  auto admin = make_listener(options.admin_listen, 1, make_admin_site(api), http);
  if (!admin)
    return admin.error();
  return std::unique_ptr<server>{
      std::make_unique<two_listeners>(webhooks, std::move(stream), std::move(*open), std::move(*admin))};
}

} // namespace orderly
