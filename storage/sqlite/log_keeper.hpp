#pragma once
// Keeps SQLite's write-ahead log short, on a thread of its own: copies it into the database beside the writers, and makes them
// wait only for the last bit, before the log begins anew. With SQLite's own checkpoints the commit that finds the log long would
// copy all of it, and its webhook would wait.

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/held_database.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace orderly::sqlite {

/// Thread-safe. Outlives the writers.
class log_keeper {
public:
  /// Pages (of 4 KB) after which the log is copied and begun anew. A long log writes each page of the database once instead of
  /// often (measured with 20,000 instead of 1,000: 24 instead of 155 us a webhook).
  static constexpr int long_log = 20'000;

  log_keeper(database where, std::shared_ptr<held_database> files);
  ~log_keeper();
  log_keeper(const log_keeper&) = delete;
  log_keeper& operator=(const log_keeper&) = delete;

  /// Whether what is committed can be found again. Errors: storage_unavailable.
  result<void> check_files() { return files_->check(); }
  /// A writer holds it during a transaction. Waits while the log is begun anew, and for other writers of this process.
  [[nodiscard]] std::unique_lock<std::mutex> write();
  /// A writer has committed, and the log has so many pages now.
  void committed(int pages);

private:
  void serve();
  /// False: a reader is in the way, or the disk.
  bool look(bool idle);
  /// Copies beside the writers until little is left. False: a reader still needs what is in the log.
  bool copy();
  /// False: a reader has not ended within the time that writers may wait.
  bool begin_anew(connection::checkpoint_kind how);

  const database where_;
  const std::shared_ptr<held_database> files_;
  std::optional<connection> over_; ///< the thread's own, opened when there is something to do
  std::mutex turns_;               ///< of whoever writes to the log
  std::condition_variable begun_;
  std::atomic<bool> beginning_ = false; ///< whoever wants to write waits, so that they do not overtake for ever
  std::atomic<int> pages_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::mutex mutex_; ///< for wake_
  std::condition_variable wake_;
  bool is_long_ = false, ending_ = false;
  bool long_file_ = false; ///< begun anew within a file as long as before: to be cut off when idle. The thread's own
  std::chrono::steady_clock::time_point complained_{};
  std::thread thread_;
};

} // namespace orderly::sqlite
