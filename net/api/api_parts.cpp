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

answer_time read_time(const api_context&) {
  return {std::chrono::seconds{10},
          [] { return problem(error_code::storage_unavailable, "The answer could not be read in time."); }};
}
answer_time command_time(const api_context& with) {
  return {with.command_deadline, [] { return problem(error_code::outcome_unknown); }};
}
answer_time engine_time(const api_context&) {
  constexpr std::chrono::seconds above_its_own{100};
  return {above_its_own, [] { return problem(error_code::outcome_unknown); }};
}
answer_time immediately(const api_context&) { return at_once(); }

admitted_ptr place_for(const route_call& call) {
  if (call.with->http->state.draining()) {
    call.to->answer(problem(error_code::shutting_down));
    return nullptr;
  }
  auto place = admit(call.with->gate);
  if (!place) {
    call.with->http->meter.rejected("overloaded");
    call.to->answer(problem(error_code::overloaded));
  }
  return place;
}

std::optional<order_key> order_key_from(std::string_view text) {
  if (is_usable_order_id(text))
    return order_key{tiktok_order_id{std::string{text}}};
  if (const auto id = uuid_from(text))
    return order_key{order_id{*id}};
  return std::nullopt;
}

result<order_key> order_named_in(const route_call& call) {
  if (auto key = order_key_from(call.parameter("id")))
    return *std::move(key);
  return error{error_code::order_not_found, "An order is named by its UUID or its TikTok order id.", {}};
}

result<void> read_query(const request_target& target, const std::vector<query_parameter>& known) {
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
  return {};
}

result<page_query> read_page_query(const request_target& target, std::initializer_list<query_parameter> others) {
  page_query out;
  std::vector<query_parameter> known{others};
  known.push_back({"limit", "a whole number from 1 to 200", [&out](auto value) { return take_limit(value, out.limit); }});
  known.push_back({"cursor", "a next_cursor of an earlier answer", [&out](auto value) { return out.cursor = value, true; }});
  if (const auto read = read_query(target, known); !read)
    return read.error();
  if (out.cursor.size() > max_cursor)
    return error{error_code::invalid_cursor, "The cursor is too long.", {}};
  return out;
}

} // namespace orderly
