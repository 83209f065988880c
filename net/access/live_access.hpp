#pragma once
// The users, API tokens and sessions in force, in memory: looked up on network threads without waiting, read from the store again
// and again, since another engine or a person may end one, and changed at once when a write of this engine is durable.

#include "domain/ports/access_port.hpp"
#include "domain/ports/access_store.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace orderly {

inline constexpr std::chrono::hours longest_session{12};
inline constexpr std::chrono::minutes longest_idle{60};
/// Activity is kept in memory and written when this much of it is not: an engine that knows a session from the store alone ends
/// it so much earlier at most, and never later.
inline constexpr std::chrono::minutes activity_written_every{5};

/// Thread-safe.
class live_access {
public:
  /// @param every how long what was ended elsewhere may still let somebody in
  live_access(access_store& kept, const clock& time, std::chrono::milliseconds every = std::chrono::seconds{1});
  ~live_access();
  live_access(const live_access&) = delete;
  live_access& operator=(const live_access&) = delete;

  /// Reads them, and from then on again and again on a thread of its own. While the store cannot be read, those that were read
  /// last count. Errors: those of the first reading.
  result<void> start();
  /// Ends the reading. Before what the store runs on ends; the destructor does it too.
  void stop();

  [[nodiscard]] std::optional<principal> find_token(std::string_view token) const;
  [[nodiscard]] bool still_admits(const principal& who) const;
  [[nodiscard]] std::optional<access_user> find_user(const std::string& name) const;
  /// Counts as activity in it, if the CSRF token is its own. Errors: unauthorized, forbidden.
  result<login_session> find_session(std::string_view id, std::string_view csrf_token);

  /// Makes a token. Calls back with it once it is durable and lets in; nobody can read it ever again.
  void add_token(std::string user, role may, std::function<void(result<std::string>)> done);
  /// By what is stored of it. Calls back once it is durable, and nobody is let in by it any more.
  void revoke_token(std::string hash, std::function<void(result<void>)> done);
  /// Like a token.
  void open_session(const access_user& of, std::function<void(result<new_login>)> done);
  void end_session(std::string_view id, std::function<void(result<void>)> done);

private:
  struct shared; ///< outlives this for callbacks that come late
  void serve();
  result<void> read();

  access_store& kept_;
  const clock& time_;
  const std::chrono::milliseconds every_;
  const std::shared_ptr<shared> shared_;
  std::mutex mutex_; ///< for wake_
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace orderly
