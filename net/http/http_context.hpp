#pragma once
// What the connections of both listeners share, whatever is served on them. Held by shared_ptr, because the engine's late answers
// still count after the server is gone.

#include "base/ip_network.hpp"
#include "net/http/byte_budget.hpp"
#include "net/http/health.hpp"
#include "net/http/limits.hpp"
#include "net/http/meter.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

struct http_context {
  http_context(const http_limits& of, const clock& by, metrics& measured, std::function<bool()> engine_ready,
               std::vector<ip_network> trusted_proxies = {})
      : limits(of), proxies(std::move(trusted_proxies)), time(by), meter(measured), state(std::move(engine_ready)),
        bodies(of.max_body_bytes, meter.body_bytes) {}

  [[nodiscard]] bool is_proxy(std::string_view address) const {
    const auto one = parse_ip(address);
    return one && std::any_of(proxies.begin(), proxies.end(), [&](const ip_network& each) { return each.contains(*one); });
  }

  const http_limits limits;
  const std::vector<ip_network> proxies; ///< http.trusted_proxies
  const clock& time;
  http_meter meter;
  health state;
  byte_budget bodies;
};
using http_context_ptr = std::shared_ptr<http_context>;

} // namespace orderly
