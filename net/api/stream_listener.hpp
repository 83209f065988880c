#pragma once
// One who listens to GET /stream. Its reader's connection sets the two flags; all else is the stream's thread's.

#include "net/api/order_stream.hpp"
#include "net/api/stream_page.hpp"

#include <atomic>
#include <chrono>
#include <memory>

namespace orderly {

struct stream_listener {
  explicit stream_listener(stream_request of) : what(std::move(of)) {}

  const stream_request what;
  stream_writer_ptr writer;
  std::atomic<bool> over{false}, has_room{true};

  bool greeted = false;
  /// It has all up to where the stream is; else what it lacks is read for it alone, from `at` on.
  bool live = false;
  feed_position at;
  std::chrono::steady_clock::time_point behind_since{};

  /// False: the reader is too slow for it now; it is told once there is room.
  bool tell(shared_bytes text);
  bool tell(std::string text) { return tell(share(std::move(text))); }
  /// What it wants of a page, in order. `at` is then the last event that it took, or passed over.
  /// @return whether it took all
  bool hear(stream_page& page);
  void fall_behind(std::chrono::steady_clock::time_point now);
  void say_bye(std::string_view reason);
};
using stream_listener_ptr = std::shared_ptr<stream_listener>;

/// With its body for the response.
std::pair<stream_listener_ptr, stream_body_ptr> make_stream_listener(stream_request what);

} // namespace orderly
