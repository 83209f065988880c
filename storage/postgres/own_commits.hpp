#pragma once
// The transactions that this process committed lately, so that its change feed passes over them.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

namespace orderly::postgres {

/// Thread-safe.
class own_commits {
public:
  /// Of a transaction that is about to commit; one that then does not is never seen.
  void add(std::int64_t transaction) {
    constexpr std::size_t most = 65'536; // where no feed reads them
    const std::lock_guard lock{mutex_};
    known_.insert(transaction);
    if (known_.size() > most)
      known_.erase(known_.begin());
  }
  void forget_below(std::int64_t oldest) {
    const std::lock_guard lock{mutex_};
    known_.erase(known_.begin(), known_.lower_bound(oldest));
  }
  /// Those that are not forgotten.
  std::vector<std::int64_t> all() {
    const std::lock_guard lock{mutex_};
    return {known_.begin(), known_.end()};
  }

private:
  std::mutex mutex_;
  std::set<std::int64_t> known_;
};

} // namespace orderly::postgres
