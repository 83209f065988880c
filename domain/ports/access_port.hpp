#pragma once
// Who asks. Found out where users, tokens and sessions are known (net/access), wired in app/.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/role.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

struct principal {
  std::string user;
  orderly::role role = role::viewer;
  std::string credential{}; ///< by what: no secret; for still_admits()
};

/// Somebody who has logged in.
struct login_session {
  principal who;
  timestamp ends_at{}; ///< at the latest
};
/// What a log-in gives; nobody can read the two secrets ever again.
struct new_login {
  std::string id, csrf_token;
  login_session session;
};

/// Thread-safe, never blocks; asked on network threads.
class access_port {
public:
  virtual ~access_port() = default;
  /// Who a bearer token belongs to.
  [[nodiscard]] virtual std::optional<principal> find_token(std::string_view token) const = 0;
  /// Counts as activity in it. Errors: unauthorized, when it is not in force; forbidden, when the CSRF token is another one's.
  virtual result<login_session> find_session(std::string_view id, std::string_view csrf_token) = 0;

  /// Whether what let them in still does, with that role at least. For what lasts longer than a request; counts as no activity.
  [[nodiscard]] virtual bool still_admits(const principal& who) const = 0;

  // Call back once, on any thread.
  /// Errors: unauthorized, which never says what of it is wrong; too_many_requests; those of the store.
  virtual void log_in(std::string name, std::string password, std::function<void(result<new_login>)> done) = 0;
  /// Of a session that is over already too.
  virtual void log_out(std::string_view id, std::function<void(result<void>)> done) = 0;
  /// The password of the first start is still in force: whoever logs in is asked for another one.
  [[nodiscard]] virtual bool has_first_password() const = 0;
};

} // namespace orderly
