#pragma once
// Reads whose callbacks reach into the actor system. The engine ends only when none is left, so each is counted until its
// callback has run or is gone without.

#include <atomic>
#include <memory>
#include <utility>

namespace orderly {

class counted_read {
public:
  explicit counted_read(std::shared_ptr<std::atomic<int>> in) : in_(std::move(in)) { in_->fetch_add(1); }
  ~counted_read() { in_->fetch_sub(1); }
  counted_read(const counted_read&) = delete;
  counted_read& operator=(const counted_read&) = delete;

private:
  std::shared_ptr<std::atomic<int>> in_;
};

/// A reader's callback: calls `then(to, found)`. The reader may keep it for a while: once it has run it holds nothing.
/// @tparam Handle what leads into the actor system: an actor's handle, its ref, an answer's slot. `then` must hold none.
template <class Handle, class Then>
class reader_callback {
public:
  reader_callback(const std::shared_ptr<std::atomic<int>>& count, Handle to, Then then)
      : held_{std::make_shared<counted_read>(count), std::move(to)}, then_(std::move(then)) {}

  template <class Found>
  void operator()(Found&& found) {
    const auto held = std::move(held_);
    then_(held.to, std::forward<Found>(found));
  }

private:
  struct holding { // the handle goes before the count says that nothing of the actor system is held here any more
    std::shared_ptr<counted_read> counted;
    Handle to;
  };
  holding held_;
  Then then_;
};

} // namespace orderly
