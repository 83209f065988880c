#pragma once
// POST /webhooks/tiktok: signature, admission, parse, hand over; 200 once durable (CONTRACT "Public listener").

#include "domain/ports/order_port.hpp"
#include "domain/tiktok/webhook.hpp"
#include "net/edge/edge.hpp"
#include "net/http/route_table.hpp"

namespace orderly {

/// Why a signature is refused; the labels of orderly_http_rejected_total.
enum class signature_check : std::uint8_t { good, missing, malformed, wrong };
/// Tries every secret, always, each in constant time.
signature_check check_signature(const http_request& request, std::string_view app_key, const std::vector<std::string>& secrets);

/// Each of the engine's answers is known to be a stored outcome: the webhook need not come again.
bool is_durable(const std::vector<answer>& answers);

inline constexpr route_row webhook_row{"POST", "/webhooks/tiktok", {}, "webhooks", "TikTok Shop's webhooks"};
/// Signature, admission and hand-over for one request.
void receive_webhook(const edge_ptr& with, const http_request& request, const responder_ptr& to);
/// Not durable, or not in time: 503 with Retry-After and no body.
http_response webhook_unavailable();

} // namespace orderly
