#pragma once
// The typed configuration (CONTRACT "Configuration"). Order: defaults, file, ORDERLY_* environment, flags.

#include "base/log.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

struct shop_config { ///< [[tiktok.shops]]
  std::string id, region, cipher;
  std::string access_token_file;
};

struct config {
  std::string listen, admin_listen, data_dir, log_level;
  struct {
    std::string url;          ///< default: sqlite:DATA_DIR/orderly.db
    std::int64_t readers, lanes;
  } storage;
  struct {
    std::int64_t max_body, max_header, max_connections, threads;
    std::chrono::milliseconds header_timeout, body_timeout, idle_timeout;
  } http;
  struct {
    std::int64_t workers, max_in_flight;
  } engine;
  struct {
    bool auto_start, report_shipments;
    std::chrono::seconds paid_wait;
  } processing;
  struct {
    std::string app_key, app_secret;
    std::vector<std::string> previous_app_secrets;
    std::string api_base, auth_base;
    std::chrono::milliseconds timeout;
    std::vector<shop_config> shops;
  } tiktok;
  struct {
    std::chrono::seconds grace;
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
loaded_config load_config(const config_sources& from);

/// The effective configuration as TOML, secrets redacted.
std::string print_config(const config& values);

} // namespace orderly
