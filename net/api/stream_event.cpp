#include "net/api/stream_event.hpp"

#include "base/json.hpp"
#include "net/api/order_json.hpp"

#include <boost/json/serialize.hpp>

namespace orderly {
namespace {

std::string event_text(std::string_view type, const json::object& data, const feed_position* at = nullptr) {
  std::string out;
  if (at)
    out.append("id: ").append(to_string(*at)).append("\n");
  return out.append("event: ").append(type).append("\ndata: ").append(json::serialize(data)).append("\n\n");
}

json::object state_of(const stream_state_told& state) {
  return {{"pos", to_string(state.at)}, {"server_time", to_rfc3339(state.now)}, {"lag_ms", state.lag.count()}};
}

} // namespace

std::string hello_event(const stream_state_told& state) {
  auto data = state_of(state);
  data["epoch"] = state.epoch;
  data["build"] = ORDERLY_VERSION;
  return event_text("hello", data, &state.at);
}

std::string change_event(const committed_event& what, const listed_order* row) {
  auto data = event_body(what.what);
  data.erase("kind");
  data.erase("detail"); // may hold what the buyer wrote; who shows it asks for the timeline
  data["version"] = data.at("seq");
  data.erase("seq");
  data["id"] = to_string(what.at.order);
  data["tiktok_order_id"] = what.order.str();
  data["row"] = row ? json::value(row_body(*row)) : json::value(nullptr);
  return event_text("change", data, &what.at);
}

std::string tick_event(const stream_state_told& state) { return event_text("tick", state_of(state), &state.at); }

std::string reload_event(const feed_position& from) { return event_text("reload", {{"pos", to_string(from)}}, &from); }

std::string bye_event(std::string_view reason) { return event_text("bye", {{"reason", reason}}); }

} // namespace orderly
