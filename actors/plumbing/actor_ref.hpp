#pragma once
// Where the actor of the moment in a role is found: by other actors, and by callbacks of other threads, for which it may be gone
// by then. Whoever starts the actor names it, again for its successor; a handle must not outlive its actor system, so
// whoever stops it lets it go.

#include "actors/plumbing/tell.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace orderly {

/// Thread-safe. May hold an actor that is dead already: what is sent to it is dropped, and a request fails at once.
template <class Handle>
class actor_ref {
public:
  void open(Handle to) { swap(to); }
  void close() { open(Handle{}); }

  /// Null unless open. For requests: keep the handle no longer than that.
  [[nodiscard]] Handle get() const {
    std::lock_guard lock(mutex_);
    return to_;
  }

  /// Drops the message unless open.
  template <class... Parts>
  void tell(Parts&&... parts) const {
    std::lock_guard lock(mutex_); // close() waits, so that no handle is in use afterwards
    if (to_)
      tell_from_outside(to_, std::forward<Parts>(parts)...);
  }

private:
  void swap(Handle& other) { // what was held is let go outside the lock: it may be the last handle
    std::lock_guard lock(mutex_);
    std::swap(to_, other);
  }

  mutable std::mutex mutex_;
  Handle to_;
};

template <class Handle>
using ref_of = std::shared_ptr<actor_ref<Handle>>;

} // namespace orderly
