#include "base/line_writer.hpp"

#include <cerrno>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace orderly {
namespace {

/// What cannot be written (the reader is gone, the disk is full) is given up: there is nobody to tell.
void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EAGAIN) { // somebody has made the pipe that we share non-blocking
      pollfd room{descriptor, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

} // namespace

line_writer::line_writer(int descriptor, std::size_t limit, std::function<std::string(std::uint64_t)> dropped)
    : descriptor_(descriptor), limit_(limit), dropped_line_(std::move(dropped)), thread_([this] { serve(); }) {}

line_writer::~line_writer() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void line_writer::write(std::string_view line) {
  {
    const std::lock_guard lock{mutex_};
    if (dropped_ > 0 || waiting_.size() + line.size() + 1 > limit_) { // in a row, so that their line stands at the right place
      ++dropped_;
      return;
    }
    waiting_ += line;
    waiting_ += '\n';
  }
  wake_.notify_one();
}

bool line_writer::finish(std::chrono::milliseconds limit) {
  std::unique_lock lock{mutex_};
  return written_.wait_for(lock, limit, [this] { return waiting_.empty() && dropped_ == 0 && !writing_; });
}

std::string line_writer::next_batch(std::unique_lock<std::mutex>& lock) {
  wake_.wait(lock, [this] { return !waiting_.empty() || dropped_ > 0 || ending_; });
  std::string batch = std::exchange(waiting_, {});
  if (const auto lines = std::exchange(dropped_, 0); lines > 0)
    batch += dropped_line_(lines) + '\n';
  return batch;
}

void line_writer::serve() {
  std::unique_lock lock{mutex_};
  for (;;) {
    const auto batch = next_batch(lock);
    if (batch.empty())
      return; // it ends
    writing_ = true;
    lock.unlock();
    write_all(descriptor_, batch);
    lock.lock();
    writing_ = false;
    written_.notify_all();
  }
}

} // namespace orderly
