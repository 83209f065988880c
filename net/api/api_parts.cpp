#include "net/api/api_parts.hpp"

#include "net/http/text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace orderly {
namespace {

constexpr std::size_t max_limit = 200, max_cursor = 512;

error bad_parameter(std::string_view name, std::string_view found, std::string allowed) {
  error e{error_code::invalid_field, "The query parameter \"" + shown(name) + "\" must be " + allowed + ".", {}};
  e.details = {{"field", shown(name)}, {"found", shown(found)}, {"allowed", std::move(allowed)}};
  return e;
}

bool take_limit(std::string_view value, std::size_t& into) {
  const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), into);
  return ec == std::errc{} && end == value.data() + value.size() && into >= 1 && into <= max_limit;
}

std::vector<std::string_view> names_of(const std::vector<query_parameter>& parameters) {
  std::vector<std::string_view> names;
  for (const auto& one : parameters)
    names.push_back(one.name);
  return names;
}

} // namespace

http_response json_response(int status, const json::object& body) {
  return {status, json_type, json::serialize(body), {{"Cache-Control", "no-store"}}};
}

http_response read_too_late() { return problem(error_code::storage_unavailable, "The answer could not be read in time."); }

http_route read_route(std::string_view label, std::function<void(const responder_ptr&)> serve) {
  return {label, std::chrono::seconds{10}, read_too_late,
          [serve = std::move(serve)](const http_request&, const responder_ptr& to) { serve(to); }};
}

http_route needs_operator(std::string_view label) {
  return answers(label, problem(error_code::forbidden, "Acting needs the role operator.", {{"role", "operator"}}));
}

admitted_ptr place_for(const edge_ptr& shared, const responder_ptr& to) {
  if (shared->state.draining()) {
    to->answer(problem(error_code::shutting_down));
    return nullptr;
  }
  auto place = admit(shared->gate);
  if (!place) {
    shared->meter.rejected("overloaded");
    to->answer(problem(error_code::overloaded));
  }
  return place;
}

bool is_read(const http_request& request) { return request.method == "GET" || request.method == "HEAD"; }

std::optional<order_key> key_from(const std::string& segment) {
  if (is_usable_order_id(segment))
    return order_key{tiktok_order_id{segment}};
  if (const auto id = uuid_from(segment))
    return order_key{order_id{*id}};
  return std::nullopt;
}

result<page_query> read_page_query(const request_target& target, std::initializer_list<query_parameter> others) {
  page_query out;
  std::vector<query_parameter> known{others};
  known.push_back({"limit", "a whole number from 1 to 200", [&out](auto value) { return take_limit(value, out.limit); }});
  known.push_back({"cursor", "a next_cursor of an earlier answer", [&out](auto value) { return out.cursor = value, true; }});
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : target.query) {
    const auto one = std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.name == name; });
    if (one == known.end())
      return bad_parameter(name, "unknown parameter", one_of(names_of(known)));
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      return bad_parameter(name, "given twice", "given once");
    seen.push_back(name);
    if (!one->take(value))
      return bad_parameter(name, value, one->allowed);
  }
  if (out.cursor.size() > max_cursor)
    return error{error_code::invalid_cursor, "The cursor is too long.", {}};
  return out;
}

} // namespace orderly
