#pragma once
// Where API tokens are kept. net/access asks; implemented over the store and the engine's lanes, wired in app/.

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

class token_store {
public:
  virtual ~token_store() = default;
  /// Those in force. Blocks; used by one thread.
  virtual result<std::vector<api_token>> tokens() = 0;
  /// Thread-safe, never blocks; calls back once, on any thread, when it is durable. Errors: refused_by_store (no such user, or
  /// the token is stored already).
  virtual void add(api_token token, std::function<void(result<void>)> done) = 0;
  /// The same. Errors: not_found, when it is not in force.
  virtual void revoke(std::string hash, std::function<void(result<void>)> done) = 0;
};

} // namespace orderly
