// /api/v1/dead-letters: inputs that could not be handled, and another try for them.

#include "net/api/api_parts.hpp"
#include "net/api/command_body.hpp"
#include "net/api/order_json.hpp"
#include "net/api/routes.hpp"
#include "net/http/text.hpp"

#include <array>

namespace orderly {
namespace {

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

void serve_list(const route_call& call) {
  const auto filter = read_letters_query(call.target);
  if (!filter)
    return call.to->answer(problem(filter.error()));
  call.with->reader.run<dead_letter_page>(
      read_class::pages, [filter = *filter](order_queries& from) { return from.dead_letters(filter); },
      reply_with<dead_letter_page>(call.to,
                                   [](const dead_letter_page& page) { return json_response(200, dead_letters_body(page)); }));
}

void serve_redrive(const route_call& call) {
  const auto wanted = read_redrive(*call.request.body);
  if (!wanted)
    return call.to->answer(problem(wanted.error()));
  const auto place = place_for(call);
  if (!place)
    return;
  call.with->actors.redrive(*wanted, [place, to = call.to](const result<redrive_report>& done) {
    if (!done)
      return to->answer(problem(done.error()));
    json::object body{{"redriven", done->redriven}, {"failed", done->failed}, {"left", done->left}};
    if (!done->why.empty())
      body["why"] = done->why;
    to->answer(json_response(200, body));
  });
}

constexpr std::array<api_route, 2> table{{
    {{"GET", "/api/v1/dead-letters", role::viewer, "dead_letters", "Inputs that could not be handled, newest death first"},
     read_time,
     serve_list},
    {{"POST", "/api/v1/dead-letters/redrive", role::op, "dead_letters_redrive", "Handles dead letters of a cause again"},
     engine_time,
     serve_redrive},
}};

} // namespace

std::span<const api_route> dead_letter_routes() { return table; }

} // namespace orderly
