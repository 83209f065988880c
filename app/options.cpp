#include "app/options.hpp"

#include <utility>

namespace orderly {
namespace {

/// load_config has checked that it is not negative.
std::size_t size(std::int64_t number) { return static_cast<std::size_t>(number); }

} // namespace

policy policy_of(const config& from) {
  policy rules;
  rules.auto_start = from.processing.auto_start;
  rules.report_shipments = from.processing.report_shipments;
  rules.paid_wait = from.processing.paid_wait;
  return rules;
}

std::vector<shop> shops_of(const config& from, timestamp now) {
  std::vector<shop> shops;
  for (const auto& given : from.tiktok.shops)
    shops.push_back({shop_id{given.id}, given.region, given.cipher, given.access_token, from.tiktok.app_key, now, {}});
  return shops;
}

store_options store_options_of(const config& from, std::string data_dir, std::string vfs) {
  store_options options;
  options.url = from.storage.url;
  options.schema = from.storage.schema;
  options.data_dir = std::move(data_dir);
  options.vfs = std::move(vfs);
  options.allow_unsafe = from.storage.allow_unsafe;
  options.lanes = size(from.storage.lanes);
  options.readers = size(from.storage.readers);
  return options;
}

read_pool_options read_pool_options_of(const config& from) {
  read_pool_options options;
  options.threads = size(from.storage.readers);
  options.queue_limit = size(from.storage.read_queue);
  options.load_batch = size(from.storage.load_batch);
  return options;
}

tiktok_client_options tiktok_client_options_of(const config& from) {
  tiktok_client_options options;
  options.api_base = from.tiktok.api_base;
  options.app_secret = from.tiktok.app_secret;
  options.timeout = from.tiktok.timeout;
  options.connections = size(from.tiktok.connections);
  options.queue_limit = size(from.tiktok.queue_limit);
  return options;
}

std::vector<std::string> webhook_secrets_of(const config& from) {
  std::vector<std::string> secrets = from.tiktok.previous_app_secrets;
  // An empty secret would let anyone sign: without one the list stays empty and every webhook is refused.
  if (!from.tiktok.app_secret.empty())
    secrets.insert(secrets.begin(), from.tiktok.app_secret);
  return secrets;
}

engine_options engine_options_of(const config& from, const policy& rules) {
  engine_options options;
  options.workers = size(from.engine.workers);
  options.lanes = size(from.storage.lanes);
  options.rules = rules;
  options.outbox_scan = from.engine.outbox_scan;
  options.lease = from.engine.lease;
  options.calls_in_flight = size(from.engine.calls_in_flight);
  options.max_residents = size(from.engine.max_resident_orders);
  options.max_waiting = size(from.engine.max_waiting_orders);
  options.order_idle = from.engine.order_idle;
  return options;
}

server_options server_options_of(const config& from, const policy& rules) {
  server_options options;
  options.listen = from.listen;
  options.admin_listen = from.admin_listen;
  options.admin_hosts = from.admin.hosts;
  options.metrics_open_to_loopback = from.admin.metrics == "loopback";
  options.trusted_proxies = from.http.trusted_proxies;
  options.threads = size(from.http.threads);
  options.max_body = size(from.http.max_body);
  options.max_header = size(from.http.max_header);
  options.max_body_bytes = size(from.http.max_body_bytes);
  options.max_in_flight = size(from.engine.max_in_flight);
  options.max_connections = size(from.http.max_connections);
  options.header_timeout = from.http.header_timeout;
  options.body_timeout = from.http.body_timeout;
  options.idle_timeout = from.http.idle_timeout;
  options.webhook_deadline = from.http.webhook_deadline;
  options.command_deadline = from.http.command_deadline;
  options.app_key = from.tiktok.app_key;
  options.app_secrets = webhook_secrets_of(from);
  options.rules = rules;
  return options;
}

} // namespace orderly
