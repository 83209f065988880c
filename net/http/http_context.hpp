#pragma once
// What the connections of both listeners share, whatever is served on them. Held by shared_ptr, because the engine's late answers
// still count after the server is gone.

#include "net/http/byte_budget.hpp"
#include "net/http/health.hpp"
#include "net/http/limits.hpp"
#include "net/http/meter.hpp"

#include <functional>
#include <memory>

namespace orderly {

struct http_context {
  http_context(const http_limits& of, const clock& by, metrics& measured, std::function<bool()> engine_ready)
      : limits(of), time(by), meter(measured), state(std::move(engine_ready)), bodies(of.max_body_bytes, meter.body_bytes) {}

  const http_limits limits;
  const clock& time;
  http_meter meter;
  health state;
  byte_budget bodies;
};
using http_context_ptr = std::shared_ptr<http_context>;

} // namespace orderly
