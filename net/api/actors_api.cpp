#include "net/api/actors_api.hpp"

#include "net/api/api_parts.hpp"
#include "net/api/command_body.hpp"
#include "net/api/order_json.hpp"
#include "net/http/text.hpp"

namespace orderly {
namespace {

constexpr auto patience = std::chrono::seconds{100}; // above the engine's own

http_response too_late() { return problem(error_code::outcome_unknown); }

/// The place is given back with the engine's answer.
void restart(const edge_ptr& shared, const tiktok_order_id& order, bool stored, const admitted_ptr& place,
             const responder_ptr& to) {
  shared->parts.actors.restart(order, [order, stored, place, to](const result<restarted>& done) {
    if (!done)
      return to->answer(problem(done.error()));
    if (!stored && !done->known)
      return to->answer(problem(error_code::order_not_found));
    to->answer(json_response(200, {{"tiktok_order_id", order.str()}, {"restarted", true}}));
  });
}

/// An order without a row, or with one that cannot be read, may be quarantined all the same.
void serve_restart(const edge_ptr& shared, const order_key& key, const responder_ptr& to) {
  const auto place = place_for(shared, to);
  if (!place)
    return;
  const auto tell = [shared, key, place, to](const result<order_view>& found) {
    if (found)
      return restart(shared, found->order.tiktok_id, true, place, to);
    const auto* id = std::get_if<tiktok_order_id>(&key);
    const bool unreadable = found.error().code == error_code::order_unreadable;
    if (id && (unreadable || found.error().code == error_code::order_not_found))
      return restart(shared, *id, unreadable, place, to);
    to->answer(problem(found.error()));
  };
  shared->parts.reader.run<order_view>(
      read_class::loads, [key](order_queries& from) { return from.find(key); }, tell);
}

bool take_flag(std::string_view value, bool& into) {
  into = value == "true";
  return into || value == "false";
}

result<dead_letter_filter> read_letters_query(const request_target& target) {
  dead_letter_filter out;
  const auto take_cause = [&out](auto value) { return (out.cause = dead_letter_cause_from(value)).has_value(); };
  const auto page =
      read_page_query(target, {{"cause", one_of(dead_letter_cause_names()), take_cause},
                               {"redriven", "true or false", [&out](auto value) { return take_flag(value, out.redriven); }}});
  if (!page)
    return page.error();
  out.limit = page->limit;
  out.cursor = page->cursor;
  return out;
}

http_route list_route(const edge_ptr& shared, const request_target& target) {
  auto filter = read_letters_query(target);
  if (!filter)
    return answers("dead_letters", problem(filter.error()));
  return read_route("dead_letters", [shared, filter = std::move(*filter)](const responder_ptr& to) {
    shared->parts.reader.run<dead_letter_page>(
        read_class::pages, [filter](order_queries& from) { return from.dead_letters(filter); },
        reply_with<dead_letter_page>(to,
                                     [](const dead_letter_page& page) { return json_response(200, dead_letters_body(page)); }));
  });
}

http_route redrive_route(const edge_ptr& shared) {
  return {"dead_letters_redrive", patience, too_late, [shared](const http_request& request, const responder_ptr& to) {
            const auto wanted = read_redrive(*request.body);
            if (!wanted)
              return to->answer(problem(wanted.error()));
            const auto place = place_for(shared, to);
            if (!place)
              return;
            shared->parts.actors.redrive(*wanted, [place, to](const result<redrive_report>& done) {
              if (!done)
                return to->answer(problem(done.error()));
              json::object body{{"redriven", done->redriven}, {"failed", done->failed}, {"left", done->left}};
              if (!done->why.empty())
                body["why"] = done->why;
              to->answer(json_response(200, body));
            });
          }};
}

} // namespace

http_route actors_route(const edge_ptr& shared, const http_request& request, const std::vector<std::string>& rest,
                        const principal& who) {
  if (rest.size() != 2 || rest[1] != "restart")
    return no_such_path();
  const auto key = key_from(rest[0]);
  if (!key)
    return answers("actor", problem(error_code::order_not_found, "An order is named by its UUID or its TikTok order id."));
  if (request.method != "POST")
    return wrong_method("actor_restart", "POST");
  if (who.role == role::viewer)
    return needs_operator("actor_restart");
  return {"actor_restart", patience, too_late,
          [shared, key = *key](const http_request&, const responder_ptr& to) { serve_restart(shared, key, to); }};
}

http_route dead_letters_route(const edge_ptr& shared, const http_request& request, const request_target& target,
                              const std::vector<std::string>& rest, const principal& who) {
  if (rest.empty())
    return is_read(request) ? list_route(shared, target) : wrong_method("dead_letters", "GET, HEAD");
  if (rest.size() != 1 || rest[0] != "redrive")
    return no_such_path();
  if (request.method != "POST")
    return wrong_method("dead_letters_redrive", "POST");
  return who.role == role::viewer ? needs_operator("dead_letters_redrive") : redrive_route(shared);
}

} // namespace orderly
