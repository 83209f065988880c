#pragma once
// Lines for a descriptor that may be slow or stuck (a full pipe that nobody reads): whoever writes one never waits.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace orderly {

class line_writer {
public:
  /// @param descriptor stays the caller's
  /// @param limit      bytes that may wait; what comes beyond is dropped and counted
  /// @param dropped    the line that tells of so many dropped ones; it stands where they are missing
  line_writer(int descriptor, std::size_t limit, std::function<std::string(std::uint64_t lines)> dropped);
  /// Waits for a write that is under way: call finish() before, and do not destroy one that has not come to an end.
  ~line_writer();
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  /// Takes a line without its end. Thread-safe, never blocks on the descriptor.
  void write(std::string_view line);
  /// True when everything that was taken has been written, within `limit`.
  bool finish(std::chrono::milliseconds limit);

private:
  void serve();
  std::string next_batch(std::unique_lock<std::mutex>& lock);

  const int descriptor_;
  const std::size_t limit_;
  const std::function<std::string(std::uint64_t)> dropped_line_;
  std::mutex mutex_;
  std::condition_variable wake_, written_;
  std::string waiting_; ///< whole lines
  std::uint64_t dropped_ = 0;
  bool writing_ = false, ending_ = false;
  std::thread thread_; ///< last: it uses the others
};

} // namespace orderly
