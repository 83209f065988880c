#pragma once
// What the routes share. Held by shared_ptr, because the engine's late answers still count and leave after the server is gone.

#include "base/published.hpp"
#include "net/edge/rate_gate.hpp"
#include "net/http/admission.hpp"
#include "net/http/byte_budget.hpp"
#include "net/http/health.hpp"
#include "net/http/meter.hpp"
#include "net/server.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderly {

struct edge {
  edge(const server_options& with, const server_parts& of)
      : options(with), parts(of), meter(of.measured), state(of.ready), secrets(with.app_secrets),
        gate(std::make_shared<admission>(with.max_in_flight, meter.in_flight)), bodies(with.max_body_bytes, meter.body_bytes) {}

  const server_options options;
  const server_parts parts;
  http_meter meter;
  health state;
  published<std::vector<std::string>> secrets; ///< that a webhook may be signed with; `options` has those of the start
  std::shared_ptr<admission> gate;
  byte_budget bodies;
  rate_gate signature_alarm; ///< for reading a body that nobody signed
};
using edge_ptr = std::shared_ptr<edge>;

} // namespace orderly
