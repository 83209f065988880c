#pragma once
// A parsed webhook as what is handed to the engine.

#include "base/uuid.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/tiktok/webhook.hpp"

#include <memory>
#include <string>

namespace orderly {

/// The inputs of a parsed webhook: ids minted here. Chat bodies are not kept.
delivery delivery_of(parsed_webhook parsed, std::shared_ptr<const std::string> raw, timestamp received_at, id_source& ids);

} // namespace orderly
