#pragma once
// The secrets that a webhook may be signed with. They change while the listeners run: the app's secret is being rotated.

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace orderly {

/// Thread-safe. A request is judged by one list, whatever comes meanwhile.
class app_secrets {
public:
  using list = std::shared_ptr<const std::vector<std::string>>; ///< current first

  explicit app_secrets(std::vector<std::string> first) { replace(std::move(first)); }
  [[nodiscard]] list now() const {
    const std::lock_guard lock{mutex_};
    return now_;
  }
  void replace(std::vector<std::string> all) {
    auto next = std::make_shared<const std::vector<std::string>>(std::move(all));
    const std::lock_guard lock{mutex_};
    now_.swap(next);
  }

private:
  mutable std::mutex mutex_; // std::atomic<std::shared_ptr> has one too, which ThreadSanitizer does not know
  list now_;
};

} // namespace orderly
