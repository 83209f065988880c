#pragma once
// What webhooks need. Held by shared_ptr, because the engine's late answers still count and leave after the server is gone.

#include "base/published.hpp"
#include "base/uuid.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "net/edge/rate_gate.hpp"
#include "net/http/admission.hpp"
#include "net/http/http_context.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace orderly {

struct edge {
  http_context_ptr http;
  std::shared_ptr<admission> gate; ///< shared with the API
  order_port& orders;
  actor_port& actors;
  id_source& ids;
  const std::string app_key;
  published<std::vector<std::string>> secrets; ///< that a webhook may be signed with
  const std::chrono::milliseconds webhook_deadline;
  rate_gate signature_alarm{}; ///< for reading a body that nobody signed
};
using edge_ptr = std::shared_ptr<edge>;

} // namespace orderly
