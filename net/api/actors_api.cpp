// /api/v1/actors: what the engine is at, and what an on-call engineer does about an order that fails.

#include "net/api/actors_json.hpp"
#include "net/api/api_parts.hpp"
#include "net/api/routes.hpp"
#include "net/http/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace orderly {
namespace {

/// The place is given back with the engine's answer.
void restart(const api_context& with, const tiktok_order_id& order, bool stored, const admitted_ptr& place,
             const responder_ptr& to) {
  with.actors.restart(order, [order, stored, place, to](const result<restarted>& done) {
    if (!done)
      return to->answer(problem(done.error()));
    if (!stored && !done->known)
      return to->answer(problem(error_code::order_not_found));
    to->answer(json_response(200, {{"tiktok_order_id", order.str()}, {"restarted", true}}));
  });
}

/// An order without a row, or with one that cannot be read, may be quarantined all the same.
void serve_restart(const route_call& call) {
  const auto key = order_named_in(call);
  if (!key)
    return call.to->answer(problem(key.error()));
  const auto place = place_for(call);
  if (!place)
    return;
  const auto tell = [with = call.with, key = *key, place, to = call.to](const result<order_view>& found) {
    if (found)
      return restart(*with, found->order.tiktok_id, true, place, to);
    const auto* id = std::get_if<tiktok_order_id>(&key);
    const bool unreadable = found.error().code == error_code::order_unreadable;
    if (id && (unreadable || found.error().code == error_code::order_not_found))
      return restart(*with, *id, unreadable, place, to);
    to->answer(problem(found.error()));
  };
  call.with->reader.run<order_view>(
      read_class::loads, [key = *key](order_queries& from) { return from.find(key); }, tell);
}

result<actors_request> read_actors_query(const request_target& target, std::span<const std::string_view> kinds) {
  constexpr std::size_t most = 200;
  actors_request asked;
  const auto take_sort = [&](std::string_view value) {
    asked.greatest_first = value.starts_with('-');
    const auto name = value.substr(asked.greatest_first ? 1 : 0);
    const auto found = std::find(actor_sort_names.begin(), actor_sort_names.end(), name);
    asked.by = static_cast<actor_sort>(found - actor_sort_names.begin());
    return found != actor_sort_names.end();
  };
  const auto take_limit = [&](std::string_view value) {
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), asked.limit);
    return ec == std::errc{} && end == value.data() + value.size() && asked.limit <= most;
  };
  const auto take_kind = [&](std::string_view value) {
    asked.kind = value;
    return std::find(kinds.begin(), kinds.end(), value) != kinds.end();
  };
  const auto take_part = [&](std::string_view value) {
    asked.id_part = value;
    return value.size() <= 64;
  };
  const auto read = read_query(target, {{"sort", one_of(actor_sort_names) + ", with - for the greatest first", take_sort},
                                        {"limit", "a whole number from 0 to 200", take_limit},
                                        {"kind", one_of(kinds), take_kind},
                                        {"q", "a part of an id, 64 characters at most", take_part}});
  if (!read)
    return read.error();
  return asked;
}

http_response stamped(const api_context& with, json::object body) {
  body["as_of"] = to_rfc3339(with.http->time.now());
  body["engine"] = with.engine;
  return json_response(200, body);
}

/// What other parts than the actors know: the door how much it has let in, the store who is quarantined.
http_response actors_response(const api_context& with, const actors_view& seen, const result<std::size_t>& quarantined) {
  auto body = actors_body(seen);
  auto& totals = body.at("totals").as_object();
  totals["in_hand"] = with.gate->waiting();
  totals["in_hand_limit"] = with.gate->limit();
  totals["quarantined"] = quarantined ? json::value(*quarantined) : json::value(nullptr);
  if (!quarantined)
    body.at("not_known")
        .as_array()
        .push_back(json::object{{"what", "totals.quarantined"}, {"why", title_of(quarantined.error().code)}});
  return stamped(with, std::move(body));
}

void serve_actors(const route_call& call) {
  const auto asked = read_actors_query(call.target, call.with->actors.kinds());
  if (!asked)
    return call.to->answer(problem(asked.error()));
  call.with->actors.look(*asked, [with = call.with, to = call.to](result<actors_view> seen) {
    if (!seen)
      return to->answer(problem(seen.error()));
    with->reader.run<std::size_t>(
        read_class::pages, [](order_queries& from) { return from.quarantined_orders(); },
        [with, to, seen = *std::move(seen)](const result<std::size_t>& quarantined) {
          to->answer(actors_response(*with, seen, quarantined));
        });
  });
}

void serve_tree(const route_call& call) {
  if (const auto read = read_query(call.target, {}); !read)
    return call.to->answer(problem(read.error()));
  call.with->actors.tree([with = call.with, to = call.to](const result<actor_tree>& seen) {
    to->answer(seen ? stamped(*with, tree_body(*seen)) : problem(seen.error()));
  });
}

constexpr std::array<api_route, 3> table{{
    {{"GET", "/api/v1/actors", role::viewer, "actors", "The engine's actors, and what each is at"}, read_time, serve_actors},
    {{"GET", "/api/v1/actors/tree", role::viewer, "actors_tree", "The actors as they supervise each other"},
     read_time,
     serve_tree},
    {{"POST", "/api/v1/actors/{id}/restart", role::op, "actor_restart", "Lifts an order's quarantine and starts its actor anew"},
     engine_time,
     serve_restart},
}};

} // namespace

std::span<const api_route> actor_routes() { return table; }

} // namespace orderly
