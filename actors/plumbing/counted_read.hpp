#pragma once
// A read whose callback reaches into the actor system. The engine ends only when none is left, so each is counted until its
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

/// For a callback's captures. Let every handle of an actor go before it.
inline std::shared_ptr<counted_read> count_read(const std::shared_ptr<std::atomic<int>>& in) {
  return std::make_shared<counted_read>(in);
}

} // namespace orderly
