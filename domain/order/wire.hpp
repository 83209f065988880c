#pragma once
// How inputs that the engine mints itself (commands, TikTok's answers) are written as raw bytes. parse_body() is the inverse.

#include "domain/order/input.hpp"

#include <string>

namespace orderly {

/// `inputs.type` of such a body: "create", "transition", "hold", "release", "note", "clear_attention", "order_detail",
/// "fetch_failed", "report_answered".
std::string_view type_of(const input_body& body);
/// Canonical JSON. A command's says which one it is: an Idempotency-Key repeats only what has the same bytes, and a hold and a
/// release may say the same otherwise.
std::string raw_of(const input_body& body);

} // namespace orderly
