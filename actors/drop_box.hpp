#pragma once
// How a callback of another thread reaches an actor that may be gone by then: the box holds the handle, the callback holds the
// box. A handle must not outlive its actor system; whoever stops the actor closes the box first.

#include <caf/send.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace orderly {

template <class Handle>
class drop_box {
public:
  void open(Handle to) {
    std::lock_guard lock(mutex_);
    to_ = std::move(to);
  }

  /// Thread-safe; drops the message unless open.
  template <class... Parts>
  void send(Parts&&... parts) {
    std::lock_guard lock(mutex_);
    if (to_)
      caf::anon_send(to_, std::forward<Parts>(parts)...);
  }

  void close() {
    std::lock_guard lock(mutex_);
    to_ = nullptr;
  }

private:
  std::mutex mutex_;
  Handle to_;
};

} // namespace orderly
