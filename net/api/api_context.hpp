#pragma once
// What the admin API needs. Held by shared_ptr, because late answers of the engine and of readers still count and print after the
// server is gone.

#include "base/uuid.hpp"
#include "domain/order/policy.hpp"
#include "domain/ports/access_port.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/ports/reads.hpp"
#include "domain/ports/shop_directory.hpp"
#include "net/api/order_stream.hpp"
#include "net/api/own_names.hpp"
#include "net/api/refusal_log.hpp"
#include "net/http/admission.hpp"
#include "net/http/http_context.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace orderly {

struct api_context {
  http_context_ptr http;
  std::shared_ptr<admission> gate; ///< shared with the webhooks
  order_port& orders;
  actor_port& actors;
  reads& reader;
  id_source& ids;
  const metrics& measured;
  access_port& access;
  const std::chrono::milliseconds command_deadline;
  const policy rules; ///< to say why a move is blocked
  const own_names names;
  const shop_directory& shops;
  const std::string engine; ///< its name
  const std::shared_ptr<refusal_log> refusals;
  const bool metrics_open_to_loopback; ///< admin.metrics
  order_stream& stream;                ///< asked by handlers only, which end before it
};
using api_context_ptr = std::shared_ptr<const api_context>;

} // namespace orderly
