// /api/v1/orders/{id}/why: what keeps an order from moving, from committed rows and from what this engine knows.

#include "base/clock.hpp"
#include "domain/order/why.hpp"
#include "net/api/api_parts.hpp"
#include "net/api/routes.hpp"

#include <array>

namespace orderly {
namespace {

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::value time_or_null(const std::optional<timestamp>& at) { return at ? json::value(to_rfc3339(*at)) : json::value(nullptr); }

why_surroundings surroundings_of(const api_context& with) {
  why_surroundings around;
  around.now = with.http->time.now();
  around.rules = with.rules;
  if (!with.http->state.draining()) // an engine that stops says that it is not ready, whatever its store does
    around.store_commits = with.http->state.engine_ready();
  return around;
}

json::object body_of(const why_cause& cause) {
  json::array evidence;
  for (const auto& each : cause.evidence)
    evidence.push_back(json::object{{"text", each.text}, {"source", each.source}, {"ref", text_or_null(each.ref)}});
  return {{"code", name_of(cause.code)},
          {"since", time_or_null(cause.since)},
          {"until", time_or_null(cause.until)},
          {"class", name_of(cause.of)},
          {"evidence", std::move(evidence)},
          {"remedy", json::object{{"text", cause.remedy.text},
                                  {"command", text_or_null(cause.remedy.command)},
                                  {"api", text_or_null(cause.remedy.api)}}}};
}

json::object answer_body(const why_answer& answer, json::object order, const api_context& with, timestamp now) {
  json::array causes, not_it, not_known;
  for (const auto& each : answer.causes)
    causes.push_back(body_of(each));
  for (const auto code : answer.not_it)
    not_it.emplace_back(name_of(code));
  for (const auto& each : answer.not_known)
    not_known.push_back(json::object{{"what", each.what}, {"why", each.why}});
  json::value deadline;
  if (answer.deadline)
    deadline = json::object{{"what", answer.deadline->what}, {"at", to_rfc3339(answer.deadline->at)}};
  return {{"as_of", to_rfc3339(now)},    {"engine", with.engine},
          {"order", std::move(order)},   {"sentence", answer.sentence},
          {"causes", std::move(causes)}, {"deadline", std::move(deadline)},
          {"not_it", std::move(not_it)}, {"not_known", std::move(not_known)}};
}

json::object order_known_as(const order& o) {
  return {{"id", to_string(o.id)},
          {"tiktok_order_id", o.tiktok_id.str()},
          {"shop_id", text_or_null(o.facts.shop.str())},
          {"state", name_of(o.state)},
          {"version", o.version},
          {"updated_at", to_rfc3339(o.updated_at)}};
}

/// Nothing of it could be read: all that is known is what it was asked by.
json::object order_known_as(const order_key& key) {
  const auto* id = std::get_if<order_id>(&key);
  const auto* tiktok_id = std::get_if<tiktok_order_id>(&key);
  return {{"id", id ? json::value(to_string(*id)) : json::value(nullptr)},
          {"tiktok_order_id", tiktok_id ? json::value(tiktok_id->str()) : json::value(nullptr)},
          {"shop_id", nullptr},
          {"state", nullptr},
          {"version", nullptr},
          {"updated_at", nullptr}};
}

/// What may be told of a read that failed.
std::string_view reason_of(const error& why) {
  return is_message_hidden(why.code) || why.message.empty() ? title_of(why.code) : std::string_view{why.message};
}

http_response answer_for(const api_context& with, const order_key& key, const result<order_situation>& found) {
  auto around = surroundings_of(with);
  if (found) {
    around.obstacle = with.shops.obstacle_to(found->order.facts.shop);
    return json_response(200, answer_body(why_of(*found, around), order_known_as(found->order), with, around.now));
  }
  if (found.error().code == error_code::order_not_found)
    return problem(found.error());
  return json_response(200, answer_body(why_unread(reason_of(found.error()), around), order_known_as(key), with, around.now));
}

void serve_why(const route_call& call) {
  const auto key = order_named_in(call);
  if (!key)
    return call.to->answer(problem(key.error()));
  if (const auto read = read_query(call.target, {}); !read)
    return call.to->answer(problem(read.error()));
  call.with->reader.run<order_situation>(
      read_class::pages, [key = *key](order_queries& from) { return from.situation_of(key); },
      [with = call.with, key = *key, to = call.to](const result<order_situation>& found) {
        to->answer(answer_for(*with, key, found));
      });
}

constexpr std::array<api_route, 1> table{{
    {{"GET", "/api/v1/orders/{id}/why", role::viewer, "order_why", "What keeps it from moving, and what helps"},
     read_time,
     serve_why},
}};

} // namespace

std::span<const api_route> why_routes() { return table; }

} // namespace orderly
