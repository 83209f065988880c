#include "net/api/orders_api.hpp"

#include "domain/order/attention.hpp"
#include "domain/order/wire.hpp"
#include "net/api/api_parts.hpp"
#include "net/api/command_body.hpp"
#include "net/api/order_json.hpp"
#include "net/http/text.hpp"

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t max_idempotency_key = 255;

http_response command_too_late() { return problem(error_code::outcome_unknown); }

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
  http_response (*respond)(const answer&, const tiktok_order_id&) = answer_response;
};

result<std::string> read_idempotency_key(const http_request& request) {
  if (request.idempotency_key_repeated)
    return error{error_code::bad_request, "Idempotency-Key came more than once.", {}};
  const auto key = request.idempotency_key.value_or("");
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (request.idempotency_key && (key.empty() || key.size() > max_idempotency_key || !printable))
    return error{error_code::bad_request, "Idempotency-Key must be 1 to 255 printable ASCII characters without blanks.", {}};
  return std::string{key};
}

/// Kept by the engine until it answers.
struct waiting_command {
  edge_ptr shared;
  responder_ptr to;
  admitted_ptr place;
  tiktok_order_id order;
  http_response (*respond)(const answer&, const tiktok_order_id&);
};

void submit(const edge_ptr& shared, command what, tiktok_order_id order, admitted_ptr place, const responder_ptr& to) {
  auto& ids = shared->parts.ids;
  input in;
  in.id = input_id{ids.next()};
  in.delivery = ids.next();
  in.dedupe_key = "c:" + what.who.user + ':' + (what.idempotency_key.empty() ? to_string(in.id) : what.idempotency_key);
  in.order = order;
  in.received_at = shared->parts.time.now();
  in.source = input_source::api;
  in.actor = what.who.user;
  if (const auto* create = std::get_if<create_order>(&what.body))
    in.shop = create->shop;
  in.type = type_of(what.body);
  in.raw = std::make_shared<const std::string>(raw_of(what.body));
  // Decided from what is stored, as a replay will: not every number comes back from its own text.
  auto stored = parse_body(in.source, in.type, *in.raw, in.order);
  if (!stored)
    return to->answer(problem(stored.error()));
  in.body = std::move(*stored);
  delivery out;
  out.inputs.push_back(std::move(in));
  auto waiting = std::make_shared<waiting_command>(waiting_command{shared, to, std::move(place), std::move(order), what.respond});
  shared->parts.orders.post(std::move(out), [waiting](std::vector<answer> answers) {
    waiting->to->answer(answers.empty() ? problem(error_code::internal) : waiting->respond(answers.front(), waiting->order));
  });
}

using body_reader = result<input_body> (*)(std::string_view);

void serve_command(const edge_ptr& shared, const order_key& key, const principal& who, const http_request& request,
                   result<input_body> body, const responder_ptr& to) {
  const auto idempotency_key = read_idempotency_key(request);
  if (!idempotency_key)
    return to->answer(problem(idempotency_key.error()));
  if (!body)
    return to->answer(problem(body.error()));
  auto place = place_for(shared, to);
  if (!place)
    return;
  command what{who, *idempotency_key, std::move(*body), answer_response};
  if (const auto* order = std::get_if<tiktok_order_id>(&key))
    return submit(shared, std::move(what), *order, std::move(place), to);
  shared->parts.reader.run<order_view>(
      read_class::loads, [key](order_queries& from) { return from.find(key); },
      [shared, what = std::move(what), place, to](result<order_view> found) mutable {
        if (!found)
          return to->answer(problem(found.error()));
        submit(shared, std::move(what), found->order.tiktok_id, std::move(place), to);
      });
}

void serve_create(const edge_ptr& shared, const principal& who, const http_request& request, const responder_ptr& to) {
  const auto idempotency_key = read_idempotency_key(request);
  if (!idempotency_key)
    return to->answer(problem(idempotency_key.error()));
  auto body = read_create(*request.body);
  if (!body)
    return to->answer(problem(body.error()));
  auto place = place_for(shared, to);
  if (place)
    submit(shared, {who, *idempotency_key, input_body{std::move(body->body)}, created_response}, std::move(body->order),
           std::move(place), to);
}

http_route list_route(const edge_ptr& shared, const request_target& target) {
  auto filter = read_list_query(target);
  if (!filter)
    return answers("orders", problem(filter.error()));
  return read_route("orders", [shared, filter = std::move(*filter)](const responder_ptr& to) {
    shared->parts.reader.run<order_page>(
        read_class::pages, [filter](order_queries& from) { return from.list(filter); },
        reply_with<order_page>(to, [](const order_page& page) { return json_response(200, page_body(page)); }));
  });
}

http_route order_route(const edge_ptr& shared, const order_key& key) {
  return read_route("order", [shared, key](const responder_ptr& to) {
    shared->parts.reader.run<order_view>(
        read_class::pages, [key](order_queries& from) { return from.find(key); },
        reply_with<order_view>(to, [shared](const order_view& view) {
          auto out = json_response(200, order_body(view, shared->options.rules));
          out.headers.emplace_back("ETag", '"' + std::to_string(view.order.version) + '"');
          return out;
        }));
  });
}

http_route timeline_route(const edge_ptr& shared, const order_key& key, const request_target& target) {
  auto query = read_page_query(target);
  if (!query)
    return answers("order_events", problem(query.error()));
  return read_route("order_events", [shared, key, query = std::move(*query)](const responder_ptr& to) {
    shared->parts.reader.run<timeline_page>(
        read_class::pages, [key, query](order_queries& from) { return from.timeline(key, query.limit, query.cursor); },
        reply_with<timeline_page>(to, [](const timeline_page& page) { return json_response(200, timeline_body(page)); }));
  });
}

struct verb {
  std::string_view name, label;
  body_reader read;
};
constexpr verb verbs[] = {{"transitions", "order_transitions", read_transition},
                          {"retry", "order_retry", read_retry},
                          {"hold", "order_hold", read_hold},
                          {"release", "order_release", read_release},
                          {"notes", "order_notes", read_note}};

http_route command_route(const edge_ptr& shared, const verb& what, const order_key& key, const principal& who) {
  return {what.label, shared->options.command_deadline, command_too_late,
          [shared, what, key, who](const http_request& request, const responder_ptr& to) {
            serve_command(shared, key, who, request, what.read(*request.body), to);
          }};
}

http_route clear_attention_route(const edge_ptr& shared, const std::string& kind, const order_key& key, const principal& who) {
  return {"order_attention", shared->options.command_deadline, command_too_late,
          [shared, kind, key, who](const http_request& request, const responder_ptr& to) {
            serve_command(shared, key, who, request, input_body{clear_attention{kind}}, to);
          }};
}

} // namespace

http_route orders_api::find(const http_request& request, const request_target& target, const std::vector<std::string>& rest,
                            const principal& who) const {
  const bool may_act = who.role != role::viewer;
  if (rest.empty()) {
    if (is_read(request))
      return list_route(shared_, target);
    if (request.method != "POST")
      return wrong_method("orders", "GET, HEAD, POST");
    if (!may_act)
      return needs_operator("orders");
    return {"orders", shared_->options.command_deadline, command_too_late,
            [shared = shared_, who](const http_request& r, const responder_ptr& to) { serve_create(shared, who, r, to); }};
  }
  const auto key = key_from(rest[0]);
  if (!key)
    return answers("order", problem(error_code::order_not_found, "An order is named by its UUID or its TikTok order id."));
  if (rest.size() == 1)
    return is_read(request) ? order_route(shared_, *key) : wrong_method("order", "GET, HEAD");
  if (rest.size() == 2 && rest[1] == "events")
    return is_read(request) ? timeline_route(shared_, *key, target) : wrong_method("order_events", "GET, HEAD");
  if (rest.size() == 4 && rest[1] == "attention" && rest[3] == "clear") {
    if (request.method != "POST")
      return wrong_method("order_attention", "POST");
    if (!attention::is_known(rest[2]))
      return answers("order_attention", problem(error_code::not_found, "There is no attention of this kind."));
    return may_act ? clear_attention_route(shared_, rest[2], *key, who) : needs_operator("order_attention");
  }
  for (const auto& what : verbs)
    if (rest.size() == 2 && rest[1] == what.name) {
      if (request.method != "POST")
        return wrong_method(what.label, "POST");
      return may_act ? command_route(shared_, what, *key, who) : needs_operator(what.label);
    }
  return no_such_path();
}

} // namespace orderly
