#pragma once
// How inputs that the engine mints itself (commands, TikTok's answers) are written as raw bytes. parse_body() is the inverse.

#include "domain/order/input.hpp"

#include <memory>
#include <string>
#include <utility>

namespace orderly {

/// `inputs.type` of such a body: "create", "transition", "hold", "release", "note", "clear_attention", "order_detail",
/// "fetch_failed", "report_answered".
std::string_view type_of(const input_body& body);
/// Canonical JSON. A command's says which one it is: an Idempotency-Key repeats only what has the same bytes, and a hold and a
/// release may say the same otherwise.
std::string raw_of(const input_body& body);

/// Such a body with the bytes that are stored of it. parse_body() of them gives the body again, so that a replay decides from the
/// same: what the parser let in has no number that its own text would change.
struct written_body {
  explicit written_body(input_body what) : body(std::move(what)), raw(std::make_shared<const std::string>(raw_of(body))) {}
  input_body body;
  std::shared_ptr<const std::string> raw;
};

} // namespace orderly
