#pragma once
// A value that many threads read while others replace it whole.

#include <memory>
#include <mutex>
#include <utility>

namespace orderly {

/// Thread-safe. Who reads keeps what it was given, whatever comes meanwhile, and waits for a copy of a pointer at most.
template <class T>
class published {
public:
  explicit published(T first = {}) : now_(std::make_shared<const T>(std::move(first))) {}

  [[nodiscard]] std::shared_ptr<const T> now() const {
    const std::lock_guard lock{mutex_};
    return now_;
  }
  void replace(T by) {
    const std::lock_guard alone{changing_};
    publish(std::move(by));
  }
  /// Of changes on several threads none is lost.
  /// @param how gets a copy to change
  template <class Change>
  void change(const Change& how) {
    const std::lock_guard alone{changing_};
    T next = *now();
    how(next);
    publish(std::move(next));
  }

private:
  void publish(T by) {
    auto next = std::make_shared<const T>(std::move(by));
    const std::lock_guard lock{mutex_};
    now_.swap(next);
  }

  std::mutex changing_;
  mutable std::mutex mutex_; // std::atomic<std::shared_ptr> has one too, which ThreadSanitizer does not know
  std::shared_ptr<const T> now_;
};

} // namespace orderly
