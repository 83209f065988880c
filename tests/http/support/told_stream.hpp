#pragma once
// A stream's writer that remembers what it was told.

#include "net/http/stream.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace orderly::test {

/// What a stream told its writer, and the writer itself.
struct told_writer {
  stream_writer_ptr writer;
  stream_body_ptr body;
  int rooms = 0, drains = 0;
  std::atomic<bool> said_bye{false};
  std::optional<stream_end> end;
  std::mutex mutex;
  std::condition_variable changed;

  stream_end wait_for_end(std::chrono::milliseconds patience = std::chrono::seconds{10}) {
    std::unique_lock lock{mutex};
    REQUIRE(changed.wait_for(lock, patience, [this] { return end.has_value(); }));
    return *end;
  }
  void wait_for_room(int count) {
    std::unique_lock lock{mutex};
    REQUIRE(changed.wait_for(lock, std::chrono::seconds{10}, [&] { return rooms >= count || end; }));
  }
};
using told_ptr = std::shared_ptr<told_writer>;

inline told_ptr made_stream(const stream_terms& terms = {}) {
  auto out = std::make_shared<told_writer>();
  const auto note = [weak = std::weak_ptr{out}](auto what) {
    return [weak, what] {
      if (const auto to = weak.lock()) {
        const std::lock_guard lock{to->mutex};
        what(*to);
        to->changed.notify_all();
      }
    };
  };
  stream_callbacks told;
  told.room = note([](told_writer& to) { ++to.rooms; });
  told.draining = [weak = std::weak_ptr{out}, count = note([](told_writer& to) { ++to.drains; })] {
    count();
    if (const auto to = weak.lock())
      to->said_bye = to->writer->write("bye") == stream_put::taken;
  };
  told.ended = [note](stream_end how) { note([how](told_writer& to) { to.end = how; })(); };
  auto made = make_stream(terms, std::move(told));
  out->writer = std::move(made.writer);
  out->body = std::move(made.body);
  return out;
}

} // namespace orderly::test
