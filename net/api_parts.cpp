#include "net/api_parts.hpp"

#include "net/client_text.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>

namespace orderly {
namespace {

constexpr std::size_t max_limit = 200, max_cursor = 512;

} // namespace

http_response json_response(int status, const json::object& body) {
  return {status, json_type, json::serialize(body), {{"Cache-Control", "no-store"}}};
}

http_response read_too_late() { return problem(error_code::overloaded, "The answer could not be read in time."); }

http_route read_route(std::string_view label, std::function<void(const responder_ptr&)> serve) {
  return {label, std::chrono::seconds{10}, read_too_late,
          [serve = std::move(serve)](const http_request&, const responder_ptr& to) { serve(to); }};
}

http_route needs_operator(std::string_view label) {
  return answers(label, problem(error_code::forbidden, "Acting needs the role operator.", {{"role", "operator"}}));
}

bool is_read(const http_request& request) { return request.method == "GET" || request.method == "HEAD"; }

std::optional<order_key> key_from(const std::string& segment) {
  if (is_usable_order_id(segment))
    return order_key{tiktok_order_id{segment}};
  if (const auto id = uuid_from(segment))
    return order_key{order_id{*id}};
  return std::nullopt;
}

error bad_parameter(std::string_view name, std::string_view found, std::string allowed) {
  error e{error_code::invalid_field, "The query parameter \"" + shown(name) + "\" must be " + allowed + ".", {}};
  e.details = {{"field", shown(name)}, {"found", shown(found)}, {"allowed", std::move(allowed)}};
  return e;
}

result<std::size_t> read_limit(std::string_view value) {
  std::size_t limit = 0;
  const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), limit);
  if (ec != std::errc{} || end != value.data() + value.size() || limit < 1 || limit > max_limit)
    return bad_parameter("limit", value, "a whole number from 1 to 200");
  return limit;
}

result<std::string> read_cursor(std::string_view value) {
  if (value.size() > max_cursor)
    return error{error_code::invalid_cursor, "The cursor is too long.", {}};
  return std::string{value};
}

} // namespace orderly
