// /api/v1/orders: reads from committed rows, commands through the order's actor.

#include "domain/order/attention.hpp"
#include "domain/order/wire.hpp"
#include "net/api/api_parts.hpp"
#include "net/api/command_body.hpp"
#include "net/api/order_json.hpp"
#include "net/api/routes.hpp"
#include "net/http/request_trace.hpp"
#include "net/http/text.hpp"

#include <algorithm>
#include <array>

namespace orderly {
namespace {

constexpr std::size_t max_idempotency_key = 255;

result<order_filter> read_list_query(const request_target& target) {
  order_filter out;
  const auto take_state = [&out](auto value) { return (out.state = order_state_from(value)).has_value(); };
  const auto page = read_page_query(target, {{"state", one_of(order_state_names()), take_state}});
  if (!page)
    return page.error();
  out.limit = page->limit;
  out.cursor = page->cursor;
  return out;
}

http_response answer_response(const answer& a, const tiktok_order_id& order) {
  if (a.refusal) {
    error refusal = *a.refusal;
    if (a.version > 0)                               // else it never reached an order
      refusal.details.emplace("version", a.version); // the one after the refusal's own event (DECISIONS "Deriving the state")
    return problem(refusal);
  }
  auto out = json_response(a.pending.empty() && a.outcome != input_outcome::pending ? 200 : 202, answer_body(a, order));
  out.headers.emplace_back("ETag", '"' + std::to_string(a.version) + '"');
  return out;
}

http_response created_response(const answer& a, const tiktok_order_id& order) {
  auto out = answer_response(a, order);
  if (a.refusal || out.status != 200 || !a.created)
    return out;
  out.status = 201;
  out.headers.emplace_back("Location", "/api/v1/orders/" + to_string(a.order));
  return out;
}

/// What is known of a command before its order's TikTok id is.
struct command {
  principal who;
  std::string idempotency_key; ///< empty: none was sent
  input_body body;
  trace_ptr since; ///< its id is the delivery's
  http_response (*respond)(const answer&, const tiktok_order_id&) = answer_response;
};

result<std::string> read_idempotency_key(const http_request& request) {
  const auto sent = request.header("Idempotency-Key");
  if (!sent)
    return std::string{};
  if (sent.count > 1)
    return error{error_code::bad_request, "Idempotency-Key came more than once.", {}};
  const auto key = sent.value;
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (key.empty() || key.size() > max_idempotency_key || !printable)
    return error{error_code::bad_request, "Idempotency-Key must be 1 to 255 printable ASCII characters without blanks.", {}};
  return std::string{key};
}

/// Kept by the engine until it answers.
struct waiting_command {
  responder_ptr to;
  admitted_ptr place;
  tiktok_order_id order;
  http_response (*respond)(const answer&, const tiktok_order_id&);
  http_context_ptr http;
  trace_ptr since;
};

void submit(const api_context& with, command what, tiktok_order_id order, admitted_ptr place, const responder_ptr& to) {
  auto& ids = with.ids;
  input in;
  in.id = input_id{ids.next()};
  in.delivery = what.since->id();
  in.dedupe_key = "c:" + what.who.user + ':' + (what.idempotency_key.empty() ? to_string(in.id) : what.idempotency_key);
  in.order = order;
  in.received_at = with.http->time.now();
  in.source = input_source::api;
  in.actor = what.who.user;
  if (const auto* create = std::get_if<create_order>(&what.body))
    in.shop = create->shop;
  in.type = type_of(what.body);
  written_body written{std::move(what.body)};
  in.raw = std::move(written.raw);
  in.body = std::move(written.body);
  in.trace = what.since;
  delivery out;
  out.inputs.push_back(std::move(in));
  auto waiting = std::make_shared<waiting_command>(
      waiting_command{to, std::move(place), std::move(order), what.respond, with.http, std::move(what.since)});
  with.orders.post(std::move(out), [waiting](std::vector<answer> answers) {
    replied({&waiting->since, 1}, waiting->http->meter);
    waiting->to->answer(answers.empty() ? problem(error_code::internal) : waiting->respond(answers.front(), waiting->order));
  });
}

/// Once its body was read and a place was free.
trace_ptr begin_trace(const route_call& call, std::chrono::steady_clock::time_point parsed) {
  auto since = std::make_shared<trace>(trace_of(call.request, call.with->ids.next()));
  since->stamp(trace_stage::parsed, parsed);
  since->stamp(trace_stage::admitted);
  return since;
}

void serve_command(const route_call& call, result<input_body> body) {
  const auto parsed = std::chrono::steady_clock::now();
  const auto key = order_named_in(call);
  if (!key)
    return call.to->answer(problem(key.error()));
  const auto idempotency_key = read_idempotency_key(call.request);
  if (!idempotency_key)
    return call.to->answer(problem(idempotency_key.error()));
  if (!body)
    return call.to->answer(problem(body.error()));
  auto place = place_for(call);
  if (!place)
    return;
  command what{call.by.who, *idempotency_key, std::move(*body), begin_trace(call, parsed), answer_response};
  if (const auto* order = std::get_if<tiktok_order_id>(&*key))
    return submit(*call.with, std::move(what), *order, std::move(place), call.to);
  call.with->reader.run<order_view>(
      read_class::loads, [key = *key](order_queries& from) { return from.find(key); },
      [with = call.with, what = std::move(what), place, to = call.to](result<order_view> found) mutable {
        if (!found)
          return to->answer(problem(found.error()));
        submit(*with, std::move(what), found->order.tiktok_id, std::move(place), to);
      });
}

template <result<input_body> (*Read)(std::string_view)>
void serve_body(const route_call& call) {
  serve_command(call, Read(*call.request.body));
}

void serve_clear_attention(const route_call& call) {
  const auto kind = call.parameter("kind");
  if (!attention::is_known(kind))
    return call.to->answer(problem(error_code::not_found, "There is no attention of this kind."));
  serve_command(call, input_body{clear_attention{std::string{kind}}});
}

void serve_create(const route_call& call) {
  const auto idempotency_key = read_idempotency_key(call.request);
  if (!idempotency_key)
    return call.to->answer(problem(idempotency_key.error()));
  auto body = read_create(*call.request.body);
  if (!body)
    return call.to->answer(problem(body.error()));
  const auto parsed = std::chrono::steady_clock::now();
  auto place = place_for(call);
  if (place)
    submit(*call.with,
           {call.by.who, *idempotency_key, input_body{std::move(body->body)}, begin_trace(call, parsed), created_response},
           std::move(body->order), std::move(place), call.to);
}

void serve_list(const route_call& call) {
  const auto filter = read_list_query(call.target);
  if (!filter)
    return call.to->answer(problem(filter.error()));
  call.with->reader.run<order_page>(
      read_class::pages, [filter = *filter](order_queries& from) { return from.list(filter); },
      reply_with<order_page>(call.to, [](const order_page& page) { return json_response(200, page_body(page)); }));
}

void serve_one(const route_call& call) {
  const auto key = order_named_in(call);
  if (!key)
    return call.to->answer(problem(key.error()));
  call.with->reader.run<order_view>(
      read_class::pages, [key = *key](order_queries& from) { return from.find(key); },
      reply_with<order_view>(call.to, [with = call.with](const order_view& view) {
        auto out = json_response(200, order_body(view, with->rules));
        out.headers.emplace_back("ETag", '"' + std::to_string(view.order.version) + '"');
        return out;
      }));
}

void serve_timeline(const route_call& call) {
  const auto key = order_named_in(call);
  if (!key)
    return call.to->answer(problem(key.error()));
  const auto query = read_page_query(call.target);
  if (!query)
    return call.to->answer(problem(query.error()));
  call.with->reader.run<timeline_page>(
      read_class::pages,
      [key = *key, query = *query](order_queries& from) { return from.timeline(key, query.limit, query.cursor); },
      reply_with<timeline_page>(call.to, [](const timeline_page& page) { return json_response(200, timeline_body(page)); }));
}

constexpr std::array<api_route, 10> table{{
    {{"GET", "/api/v1/orders", role::viewer, "orders", "Orders, newest change first"}, read_time, serve_list},
    {{"POST", "/api/v1/orders", role::op, "orders", "Creates an order by hand"}, command_time, serve_create},
    {{"GET", "/api/v1/orders/{id}", role::viewer, "order", "One order, with what may be done to it"}, read_time, serve_one},
    {{"GET", "/api/v1/orders/{id}/events", role::viewer, "order_events", "What happened to it, newest first"},
     read_time,
     serve_timeline},
    {{"POST", "/api/v1/orders/{id}/transitions", role::op, "order_transitions", "Moves it to another state"},
     command_time,
     serve_body<read_transition>},
    {{"POST", "/api/v1/orders/{id}/retry", role::op, "order_retry", "Moves it from failed back to processing"},
     command_time,
     serve_body<read_retry>},
    {{"POST", "/api/v1/orders/{id}/hold", role::op, "order_hold", "Nothing of it leaves until it is released"},
     command_time,
     serve_body<read_hold>},
    {{"POST", "/api/v1/orders/{id}/release", role::op, "order_release", "Ends its hold"}, command_time, serve_body<read_release>},
    {{"POST", "/api/v1/orders/{id}/notes", role::op, "order_notes", "Adds a note"}, command_time, serve_body<read_note>},
    {{"POST", "/api/v1/orders/{id}/attention/{kind}/clear", role::op, "order_attention", "Says that a person has seen to it"},
     command_time,
     serve_clear_attention},
}};

} // namespace

std::span<const api_route> order_routes() { return table; }

} // namespace orderly
