#pragma once
// What app/ asks at start: policies, shops, users and their tokens.

#include "storage/postgres/session.hpp"
#include "storage/store.hpp"

namespace orderly::postgres {

class admin final : public store_admin, private connected {
public:
  /// Throws when the server cannot be reached.
  /// @param how read: for an access_reader
  admin(database where, access how) : connected(std::move(where), how) {}

  result<policy> remember_policy(policy rules) override;
  result<bool> has_users() override;
  result<void> add_user(const stored_user& user, const stored_token& token) override;
  result<std::vector<stored_token>> tokens() override;
  result<std::vector<stored_session>> sessions() override;
  result<std::vector<stored_user>> users() override;
};

} // namespace orderly::postgres
