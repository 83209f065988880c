#pragma once
// Strict reading of command bodies: an unknown field, a wrong type or an unknown word is refused by name (422 invalid_field).

#include "base/result.hpp"
#include "domain/order/input.hpp"
#include "domain/ports/actor_port.hpp"

#include <string>
#include <string_view>

namespace orderly {

struct create_request {
  tiktok_order_id order;
  create_order body;
};

struct login_request {
  std::string name, password;
};

/// Errors of all: not_json, invalid_field with `field`, `found`, `allowed`.
result<create_request> read_create(std::string_view text);
/// CONTRACT `/transitions`.
result<input_body> read_transition(std::string_view text);
/// `/retry`: {reason?, expected_version?}, a move from failed to processing.
result<input_body> read_retry(std::string_view text);
result<input_body> read_hold(std::string_view text);
result<input_body> read_release(std::string_view text);
result<input_body> read_note(std::string_view text);
/// `/dead-letters/redrive`: {cause, limit?}.
result<redrive_request> read_redrive(std::string_view text);
/// `/session`: {username, password}. What is wrong with the password does not show it.
result<login_request> read_login(std::string_view text);

} // namespace orderly
