#include "net/api/stream_listener.hpp"

#include "net/api/stream_event.hpp"

#include <utility>

namespace orderly {

bool stream_listener::tell(shared_bytes text) {
  if (!has_room)
    return false;
  has_room = false; // before it is asked: the callback may come at once
  switch (writer->write(std::move(text))) {
  case stream_put::taken: has_room = true; return true;
  case stream_put::full: return false;
  case stream_put::over: over = true; return false;
  }
  return false;
}

bool stream_listener::hear(stream_page& page) {
  if (!what.only.order && !what.only.shop) {
    if (page.size() != 0 && !tell(page.whole()))
      return false;
    at = page.next();
    return true;
  }
  for (const auto i : page.events_for(what.only)) {
    if (!tell(page.text_of(i)))
      return false;
    at = page.position_of(i);
  }
  at = page.next();
  return true;
}

void stream_listener::fall_behind(std::chrono::steady_clock::time_point now) {
  live = false;
  behind_since = now;
}

void stream_listener::say_bye(std::string_view reason) {
  static_cast<void>(writer->write(bye_event(reason))); // whoever has no room for it is cut off without
  writer->finish();
  over = true;
}

std::pair<stream_listener_ptr, stream_body_ptr> make_stream_listener(stream_request what) {
  auto made = std::make_shared<stream_listener>(std::move(what));
  const std::weak_ptr<stream_listener> one = made;
  const auto note = [one](auto change) {
    return [one, change](auto...) {
      if (const auto to = one.lock())
        change(*to);
    };
  };
  stream_terms terms;
  terms.ends_with_drain = true;
  stream_callbacks told;
  told.room = note([](stream_listener& to) { to.has_room = true; });
  told.draining = note([](stream_listener& to) { static_cast<void>(to.writer->write(bye_event("shutting_down"))); });
  told.ended = note([](stream_listener& to) { to.over = true; });
  auto stream = make_stream(terms, std::move(told));
  made->writer = std::move(stream.writer);
  return {std::move(made), std::move(stream.body)};
}

} // namespace orderly
