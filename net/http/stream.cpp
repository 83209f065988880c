#include "net/http/stream.hpp"

#include "base/names.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

namespace orderly {

class stream_state {
public:
  stream_state(const stream_terms& terms, stream_callbacks told) : terms_(terms), told_(std::move(told)) {}

  stream_put write(shared_bytes chunk) {
    std::unique_lock lock{mutex_};
    if (phase_ != phase::open)
      return stream_put::over;
    const auto size = chunk.bytes.size();
    if (size == 0)
      return stream_put::taken;
    if (waiting_ != 0 && waiting_ + size > terms_.buffer) {
      wants_room_ = true;
      return stream_put::full;
    }
    waiting_ += size;
    queue_.push_back(std::move(chunk));
    wake(lock);
    return stream_put::taken;
  }
  void finish() {
    std::unique_lock lock{mutex_};
    if (phase_ != phase::open)
      return;
    phase_ = phase::finished;
    wake(lock);
  }
  void abort() {
    std::deque<shared_bytes> dropped;
    stream_callbacks silenced; // let go of outside the lock: it may hold the last reference to much
    std::unique_lock lock{mutex_};
    if (phase_ != phase::open)
      return;
    phase_ = phase::aborted;
    dropped.swap(queue_);
    std::swap(silenced, told_);
    wake(lock);
  }
  std::size_t waiting() const {
    const std::lock_guard lock{mutex_};
    return waiting_;
  }

  const stream_terms& terms() const { return terms_; }
  void attach(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    wake_ = std::make_shared<const std::function<void()>>(std::move(wake));
    woken_ = true; // until the first take()
  }
  void take(stream_body::batch& into, std::size_t most) {
    const std::lock_guard lock{mutex_};
    woken_ = false;
    while (!queue_.empty() && into.bytes < most) {
      auto& front = queue_.front();
      const auto size = std::min(front.bytes.size(), most - into.bytes);
      into.pieces.push_back({front.bytes.substr(0, size), front.owner});
      into.bytes += size;
      front.bytes.remove_prefix(size);
      if (front.bytes.empty())
        queue_.pop_front();
    }
    into.aborted = phase_ == phase::aborted;
    into.last = phase_ != phase::open && queue_.empty();
  }
  void sent(std::size_t bytes) {
    std::function<void()> tell;
    {
      const std::lock_guard lock{mutex_};
      waiting_ -= bytes;
      // Not before half of the buffer is free, so that a writer is not woken for each chunk; with nothing left any chunk fits.
      if (!wants_room_ || waiting_ > terms_.buffer / 2 || phase_ != phase::open)
        return;
      wants_room_ = false;
      tell = told_.room;
    }
    if (tell)
      tell();
  }
  void drain() {
    std::function<void()> tell;
    {
      const std::lock_guard lock{mutex_};
      if (phase_ != phase::open || std::exchange(draining_, true))
        return;
      tell = told_.draining;
    }
    if (tell)
      tell();
    if (terms_.ends_with_drain)
      finish();
  }
  void end(stream_end how) {
    std::deque<shared_bytes> dropped;
    stream_callbacks last;
    {
      const std::lock_guard lock{mutex_};
      if (phase_ == phase::ended)
        return;
      phase_ = phase::ended;
      waiting_ = 0;
      dropped.swap(queue_);
      std::swap(last, told_);
      wake_ = nullptr;
    }
    if (last.ended)
      last.ended(how);
  }

private:
  enum class phase : std::uint8_t { open, finished, aborted, ended };

  /// Not under the lock: what `wake` hands over to may have ended, and takes what it owns along.
  void wake(std::unique_lock<std::mutex>& lock) {
    if (woken_ || !wake_)
      return;
    woken_ = true;
    const auto call = wake_;
    lock.unlock();
    (*call)();
  }

  const stream_terms terms_;
  mutable std::mutex mutex_;
  stream_callbacks told_;
  std::shared_ptr<const std::function<void()>> wake_;
  std::deque<shared_bytes> queue_;
  std::size_t waiting_ = 0; // bytes: in the queue, and taken but not yet sent
  phase phase_ = phase::open;
  bool woken_ = false, wants_room_ = false, draining_ = false;
};

namespace {
constexpr std::array<std::string_view, 5> names{"finished", "gone", "too_slow", "silent", "aborted"};
} // namespace

std::string_view name_of(stream_end how) { return name_tables::name_in(names, how); }

stream_put stream_writer::write(shared_bytes chunk) { return of_->write(std::move(chunk)); }
void stream_writer::finish() { of_->finish(); }
void stream_writer::abort() { of_->abort(); }
std::size_t stream_writer::waiting() const { return of_->waiting(); }

const stream_terms& stream_body::terms() const { return of_->terms(); }
void stream_body::attach(std::function<void()> wake) { of_->attach(std::move(wake)); }
void stream_body::take(batch& into, std::size_t most) { of_->take(into, most); }
void stream_body::sent(batch& done) {
  const auto bytes = done.bytes;
  done.pieces.clear();
  done.bytes = 0;
  of_->sent(bytes);
}
void stream_body::drain() { of_->drain(); }
void stream_body::end(stream_end how) { of_->end(how); }

body_stream make_stream(const stream_terms& terms, stream_callbacks told) {
  auto state = std::make_shared<stream_state>(terms, std::move(told));
  return {std::make_shared<stream_writer>(state), std::make_shared<stream_body>(state)};
}

} // namespace orderly
