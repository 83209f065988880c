#pragma once
// Where users, API tokens and sessions are kept. net/access asks; implemented over the store and the engine's lanes, wired in
// app/.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/role.hpp"

#include <functional>
#include <string>
#include <vector>

namespace orderly {

struct api_token {
  std::string hash; ///< hex SHA-256: the token itself is never stored
  std::string user;
  orderly::role role = role::viewer;
};

struct access_user {
  std::string name;
  orderly::role role = role::viewer;
  std::string password_hash; ///< argon2id
};

/// From a log-in to its end.
struct access_session {
  std::string hash; ///< hex SHA-256 of its id
  std::string user;
  std::string csrf_hash; ///< hex SHA-256 of its CSRF token
  timestamp created_at{};
  timestamp until{}; ///< when it ends, if nothing is done in it any more
};

struct access_rows {
  std::vector<api_token> tokens;
  std::vector<access_session> sessions; ///< those that have ended may be among them
  std::vector<access_user> users;       ///< those that are not disabled
};

class access_store {
public:
  using written = std::function<void(result<void>)>;

  virtual ~access_store() = default;
  /// What is in force. Blocks; used by one thread.
  virtual result<access_rows> read() = 0;

  // Thread-safe, never block; call back once, on any thread, when it is durable.
  /// Errors: refused_by_store (no such user, or the token is stored already).
  virtual void add_token(api_token token, written done) = 0;
  /// Errors: not_found, when it is not in force.
  virtual void revoke_token(std::string hash, written done) = 0;
  /// Forgets those that have ended by its `created_at`. Errors: refused_by_store (no such user).
  virtual void open_session(access_session session, written done) = 0;
  /// Does nothing to one that is not there, or ends later.
  virtual void extend_session(std::string hash, timestamp until, written done) = 0;
  /// Does nothing to one that is not there.
  virtual void end_session(std::string hash, written done) = 0;
};

} // namespace orderly
