#pragma once
// Tells the other engines that something was committed: "look", nothing more (DECISIONS "Stream"). On a
// connection of its own, after the commit: within it the notification would make all committing transactions
// of the server queue up.

#include "storage/postgres/session.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace orderly::postgres {

/// The channel that engines listen on.
inline constexpr const char* changes_channel = "orderly_changes";

class notifier {
public:
  explicit notifier(database where);
  ~notifier();
  notifier(const notifier&) = delete;
  notifier& operator=(const notifier&) = delete;

  /// Safe from every thread; never blocks. What comes within 20 ms is told once. A hint that cannot be sent
  /// is dropped.
  void committed();

private:
  void serve();
  bool wait_for_commits();
  void pause(std::chrono::milliseconds how_long);
  bool send();

  database where_;
  std::unique_ptr<session> session_; // of the thread
  std::mutex mutex_;
  std::condition_variable wake_;
  bool pending_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace orderly::postgres
