#pragma once
// The two HTTP listeners as app/ and tests see them: no Beast in this header. Runs its own threads.

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "domain/order/policy.hpp"
#include "domain/ports/access_port.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/ports/reads.hpp"
#include "domain/ports/shop_directory.hpp"
#include "net/api/stream_terms.hpp"
#include "net/http/limits.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderly {

struct server_options : http_limits {
  std::string listen = "127.0.0.1:0", admin_listen = "127.0.0.1:0"; ///< HOST:PORT, port 0 = any
  std::vector<std::string> admin_hosts;                             ///< beside its own address: HOST or HOST:PORT
  std::vector<std::string> trusted_proxies;                         ///< addresses and networks
  bool metrics_open_to_loopback = false;                            ///< /metrics without a token
  std::size_t threads = 1;
  std::size_t max_in_flight = 4096;                  ///< admission: inputs that wait for the engine
  std::chrono::milliseconds webhook_deadline{2'500}; ///< TikTok waits 3 s (sheet 6.1)
  std::chrono::milliseconds command_deadline{10'000};
  std::string app_key;
  std::vector<std::string> app_secrets; ///< current first, then previous ones (rotation)
  policy rules;                         ///< to say why a move is blocked
  std::string engine_name;              ///< the same as the engine's
  order_stream_terms stream;
};

struct server_parts {
  order_port& orders;
  actor_port& actors;
  reads& reader;
  access_port& access;
  std::function<bool()> ready; ///< the engine's health; /readyz
  const clock& time;
  id_source& ids;
  metrics& measured;
  const shop_directory& shops;
};

class server {
public:
  virtual ~server() = default; ///< stops and joins
  /// host:port as bound.
  [[nodiscard]] virtual std::string listen() const = 0;
  [[nodiscard]] virtual std::string admin_listen() const = 0;
  /// From the next webhook on these are the secrets that it may be signed with. Thread-safe.
  virtual void accept_secrets(std::vector<std::string> app_secrets) = 0;
  /// From the next request on this is the admission limit. Thread-safe.
  virtual void limit_in_flight(std::size_t max_in_flight) = 0;
  /// Not ready from now on. The public listener accepts no new connection; requests under way are finished up to `grace`.
  /// Meanwhile the admin listener still shows health, metrics and reads (commands get 503 shutting_down); it closes last. Blocks.
  virtual void drain(std::chrono::milliseconds grace) = 0;
};

/// Errors: bad_config with the address that cannot be bound, or that is none.
result<std::unique_ptr<server>> start_server(const server_options& options, const server_parts& parts);

} // namespace orderly
