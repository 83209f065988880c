// /api/v1/stream: what happens to orders, as it is committed.

#include "net/api/api_parts.hpp"
#include "net/api/routes.hpp"

#include <array>

namespace orderly {
namespace {

constexpr std::string_view event_stream = "text/event-stream";

result<stream_request> read_request(const route_call& call) {
  stream_request asked{call.by.who, {}, {}};
  const auto take_position = [&](std::string_view value) { return (asked.from = feed_position_from(value)).has_value(); };
  const std::string ids = "an id that came over the stream";
  const auto read = read_query(
      call.target,
      {{"order", "an order's UUID or TikTok order id",
        [&](auto value) { return (asked.only.order = order_key_from(value)).has_value(); }},
       {"shop_id", "a shop's id", [&](auto value) { return asked.only.shop = shop_id{std::string{value}}, !value.empty(); }},
       {"last_event_id", ids, take_position}});
  if (!read)
    return read.error();
  // A browser's own reconnect says it here.
  const auto header = call.request.header("Last-Event-ID");
  if (header && (header.count > 1 || !take_position(header.value)))
    return error{error_code::bad_request, "Last-Event-ID must be " + ids + ", given once.", {}};
  return asked;
}

void serve_stream(const route_call& call) {
  auto asked = read_request(call);
  if (!asked)
    return call.to->answer(problem(asked.error()));
  auto body = call.with->stream.open(*std::move(asked));
  if (!body)
    return call.to->answer(problem(body.error()));
  // The last one keeps nginx from gathering it.
  call.to->answer({200, event_stream, *std::move(body), {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}});
}

constexpr std::array<api_route, 1> table{{
    {{"GET", "/api/v1/stream", role::viewer, "stream", "What happens to orders, as server-sent events"},
     immediately,
     serve_stream},
}};

} // namespace

std::span<const api_route> stream_routes() { return table; }

} // namespace orderly
