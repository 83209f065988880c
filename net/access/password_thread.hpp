#pragma once
// Passwords are hashed and checked on a thread of its own, one after the other: each takes 50 to 100 ms of a core and 64 MB,
// which neither a network thread nor an actor may be kept from its work by.

#include "base/result.hpp"
#include "net/access/secrets.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace orderly {

/// Thread-safe. Callbacks come once each, on its thread, or at once when the queue is full: too_many_requests. Its destructor
/// answers what waits with shutting_down.
class password_thread {
public:
  static constexpr std::size_t usual_most = 8;

  /// @param most how many may wait
  /// @param checks what a check is; on this thread
  explicit password_thread(std::size_t most = usual_most, password_check checks = is_password);
  ~password_thread();
  password_thread(const password_thread&) = delete;
  password_thread& operator=(const password_thread&) = delete;

  void hash(std::string password, std::function<void(result<std::string>)> done);
  void check(std::string password, std::string hash, std::function<void(result<bool>)> done);

private:
  struct job {
    std::function<void()> work;
    std::function<void(error)> refuse;
  };
  void push(job one);
  void serve();

  const std::size_t most_;
  const password_check checks_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace orderly
