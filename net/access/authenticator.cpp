#include "net/access/authenticator.hpp"

#include "net/access/secrets.hpp"

#include <utility>

namespace orderly {

/// Whoever asks for a user that is not there waits as long, in the same queue, for the same answer.
void authenticator::log_in(std::string name, std::string password, std::function<void(result<new_login>)> done) {
  const auto user = live_.find_user(name);
  auto hash = user ? user->password_hash : std::string{nobodys_hash()};
  passwords_.check(std::move(password), std::move(hash), [this, user, done = std::move(done)](result<bool> right) {
    if (!right)
      return done(right.error());
    const auto now = user ? live_.find_user(user->name) : std::nullopt; // it may have taken a while
    if (!*right || !now || now->password_hash != user->password_hash)
      return done(error{error_code::unauthorized, "The name or the password is wrong.", {}});
    live_.open_session(*now, done);
  });
}

} // namespace orderly
