#pragma once
// The API tokens in force, in memory: looked up on network threads without waiting, read from the store again and again, since
// another engine or a person may revoke one, and changed at once when a write of this engine is durable.

#include "domain/ports/access_port.hpp"
#include "domain/ports/token_store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace orderly {

/// Thread-safe.
class live_tokens {
public:
  /// @param every how long one that was revoked elsewhere may still let somebody in
  explicit live_tokens(token_store& kept, std::chrono::milliseconds every = std::chrono::seconds{1});
  ~live_tokens();
  live_tokens(const live_tokens&) = delete;
  live_tokens& operator=(const live_tokens&) = delete;

  /// Reads them, and from then on again and again on a thread of its own. While the store cannot be read, those that were read
  /// last count. Errors: those of the first reading.
  result<void> start();
  /// Ends the reading. Before what the store runs on ends; the destructor does it too.
  void stop();

  [[nodiscard]] std::optional<principal> find(std::string_view token) const;

  /// Makes a token. Calls back with it once it is durable and lets in; nobody can read it ever again.
  void add(std::string user, role may, std::function<void(result<std::string>)> done);
  /// By what is stored of it. Calls back once it is durable, and nobody is let in by it any more.
  void revoke(std::string hash, std::function<void(result<void>)> done);

private:
  using table = std::unordered_map<std::string, principal>; ///< by hash
  struct shared;                                            ///< outlives this for callbacks that come late
  void serve();
  result<void> read();

  token_store& kept_;
  const std::chrono::milliseconds every_;
  const std::shared_ptr<shared> shared_;
  std::mutex mutex_; ///< for wake_
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace orderly
