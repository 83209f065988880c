#pragma once
// A body that is written while it is sent: events as they happen, an export page by page. The writer, on any thread, meets the
// session in a buffer of bounded size; whoever is too slow for the other is told, or cut off.

#include "net/http/shared_bytes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace orderly {

/// How a stream ended.
enum class stream_end : std::uint8_t {
  finished, ///< all that was written has gone out, and the reader can tell that it is all
  gone,     ///< the reader has closed its side, or never read a body: HEAD, an answer that came too late
  too_slow, ///< the reader did not take what was due within `reader_patience`
  silent,   ///< the writer wrote nothing for `writer_patience`
  aborted,  ///< the writer gave up
};
std::string_view name_of(stream_end how);

struct stream_terms {
  /// Bytes that may wait for the reader. One chunk may be larger: it is taken when nothing else waits.
  std::size_t buffer = 256 << 10;
  std::chrono::milliseconds reader_patience{20'000}; ///< for up to 64 KiB to be taken
  std::chrono::milliseconds writer_patience{60'000}; ///< between two chunks when nothing waits
  /// When the listener drains, the stream is finished after `draining` was called, else it goes on like any request under way.
  bool ends_with_drain = false;
};

/// Called on the thread of the connection, or on the one that ends the server, and never under a lock of the stream. What they
/// capture must own what it uses: a writer may be gone on its own thread while one of them runs.
struct stream_callbacks {
  std::function<void()> room;            ///< after write() said `full`: try again
  std::function<void()> draining;        ///< once; what is written now still goes out
  std::function<void(stream_end)> ended; ///< once, whatever comes; not after abort()
};

enum class stream_put : std::uint8_t {
  taken,
  full, ///< not taken: `room` will be called
  over, ///< not taken: the stream has ended, or was finished
};

class stream_state;

/// Thread-safe.
class stream_writer {
public:
  explicit stream_writer(std::shared_ptr<stream_state> of) : of_(std::move(of)) {}
  ~stream_writer() { abort(); } ///< unless it was finished
  stream_writer(const stream_writer&) = delete;
  stream_writer& operator=(const stream_writer&) = delete;

  /// An empty chunk is taken and sends nothing.
  [[nodiscard]] stream_put write(shared_bytes chunk);
  [[nodiscard]] stream_put write(std::string chunk) { return write(share(std::move(chunk))); }
  void finish();
  /// The reader sees that the body is cut off. No callback comes from now on, but for one that is running.
  void abort();
  /// Bytes that wait for the reader, those on their way through the socket included.
  [[nodiscard]] std::size_t waiting() const;

private:
  std::shared_ptr<stream_state> of_;
};
using stream_writer_ptr = std::shared_ptr<stream_writer>;

/// The session's side, on its thread. Dropped without end(): the reader is gone.
class stream_body {
public:
  explicit stream_body(std::shared_ptr<stream_state> of) : of_(std::move(of)) {}
  ~stream_body() { end(stream_end::gone); }
  stream_body(const stream_body&) = delete;
  stream_body& operator=(const stream_body&) = delete;

  struct batch {
    std::vector<shared_bytes> pieces;
    std::size_t bytes = 0;
    bool last = false;    ///< nothing comes after it
    bool aborted = false; ///< and what comes is not whole
  };
  [[nodiscard]] const stream_terms& terms() const;
  /// @param wake thread-safe, only hands over; called once when there is something to take, and again after the next take()
  void attach(std::function<void()> wake);
  /// Fills a batch of up to `most` bytes. The one before it must have been sent.
  void take(batch& into, std::size_t most);
  void sent(batch& done);
  void drain();
  /// The first call counts.
  void end(stream_end how);

private:
  std::shared_ptr<stream_state> of_;
};
using stream_body_ptr = std::shared_ptr<stream_body>;

struct body_stream {
  stream_writer_ptr writer;
  stream_body_ptr body; ///< into the response
};
body_stream make_stream(const stream_terms& terms, stream_callbacks told);

} // namespace orderly
