#pragma once
// The typed configuration (CONTRACT "Configuration"). Order: defaults, file, ORDERLY_* environment, flags.
// config/schema.cpp has one row a key: default, legal values, meaning. config/orderly.example.toml shows them
// all.

#include "base/log.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

struct shop_config { ///< [[tiktok.shops]]
  std::string id, region, cipher;
  std::string access_token_file;
  std::string access_token; ///< read from that file
  bool operator==(const shop_config&) const = default;
};

struct config {
  std::string listen, admin_listen, data_dir, log_level;
  struct {
    std::vector<std::string> hosts;
    std::string metrics;
  } admin;
  struct {
    std::string url; ///< default: sqlite:DATA_DIR/orderly.db
    std::string schema;
    std::int64_t readers = 0, read_queue = 0, load_batch = 0, lanes = 0;
    bool allow_unsafe = false;
  } storage;
  struct {
    std::vector<std::string> trusted_proxies;
    std::int64_t max_body = 0, max_body_bytes = 0, max_header = 0, max_connections = 0, threads = 0;
    std::chrono::milliseconds header_timeout{}, body_timeout{}, idle_timeout{}, webhook_deadline{}, command_deadline{};
  } http;
  struct {
    std::int64_t workers = 0, max_in_flight = 0, calls_in_flight = 0, max_resident_orders = 0, max_waiting_orders = 0;
    std::chrono::milliseconds outbox_scan{}, order_idle{};
    std::chrono::seconds lease{};
  } engine;
  struct {
    bool auto_start = false, report_shipments = false;
    std::chrono::seconds paid_wait{};
  } processing;
  struct {
    std::string app_key;
    std::string app_secret;      ///< also when it came from app_secret_file
    std::string app_secret_file; ///< empty: given inline or by the environment, or not at all
    std::vector<std::string> previous_app_secrets;
    std::string api_base, auth_base;
    std::chrono::milliseconds timeout{};
    std::int64_t connections = 0, queue_limit = 0;
    std::vector<shop_config> shops;
  } tiktok;
  struct {
    std::chrono::seconds grace{};
  } shutdown;
};

struct config_problem {
  std::string file; ///< or "environment", "flags"
  int line = 0;     ///< 0 when there is none
  std::string key, found, allowed, nearest;
};
/// "orderly.toml:12: storage.reders: unknown key; did you mean storage.readers?"
std::string to_string(const config_problem& p);

struct config_sources {
  std::optional<std::string> file;
  std::map<std::string, std::string> environment; ///< ORDERLY_* only
  std::map<std::string, std::string> flags;       ///< by key, e.g. "storage.url"
};

struct loaded_config {
  config values;
  std::vector<config_problem> problems; ///< empty: `values` can be used
};
/// Reads the file and the secret files that it names; relative paths are taken from the working directory.
loaded_config load_config(const config_sources& from);

/// The keys that have other values, in the order of the schema; "tiktok.shops" for whatever differs in a shop or its token.
std::vector<std::string> changed_keys(const config& before, const config& after);

/// The effective configuration as TOML, secrets redacted.
std::string print_config(const config& values);

/// The level that `log_level` names; it was validated by load_config.
log_level log_level_of(const config& values);

} // namespace orderly
