#pragma once
// Who asks, over everything that lets somebody in.

#include "domain/ports/access_port.hpp"
#include "net/access/live_access.hpp"
#include "net/access/password_thread.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace orderly {

class authenticator final : public access_port {
public:
  /// @param live outlives it, with what it writes to
  /// @param has_first_password asked on any thread, must not block
  authenticator(live_access& live, std::function<bool()> has_first_password, password_check checks = is_password)
      : live_(live), has_first_password_(std::move(has_first_password)),
        passwords_(password_thread::usual_most, std::move(checks)) {}

  [[nodiscard]] std::optional<principal> find_token(std::string_view token) const override { return live_.find_token(token); }
  result<login_session> find_session(std::string_view id, std::string_view csrf_token) override {
    return live_.find_session(id, csrf_token);
  }
  [[nodiscard]] bool still_admits(const principal& who) const override { return live_.still_admits(who); }
  void log_in(std::string name, std::string password, std::function<void(result<new_login>)> done) override;
  void log_out(std::string_view id, std::function<void(result<void>)> done) override { live_.end_session(id, std::move(done)); }
  [[nodiscard]] bool has_first_password() const override { return has_first_password_(); }

private:
  live_access& live_;
  const std::function<bool()> has_first_password_;
  password_thread passwords_; // ends first: what it calls back to is above
};

} // namespace orderly
