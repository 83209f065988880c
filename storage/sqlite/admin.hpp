#pragma once
// What app/ asks at start: policies, shops, users and their tokens.

#include "storage/sqlite/connection.hpp"
#include "storage/store.hpp"

namespace orderly::sqlite {

class admin final : public store_admin {
public:
  /// Throws fault when the database cannot be opened.
  /// @param how read: for an access_reader
  admin(const database& where, access how) : over_(where, how) {}

  result<policy> remember_policy(policy rules) override;
  result<bool> has_users() override;
  result<void> add_user(const stored_user& user, const stored_token& token) override;
  result<std::vector<stored_token>> tokens() override;
  result<std::vector<stored_session>> sessions() override;
  result<std::vector<stored_user>> users() override;

private:
  connection over_;
};

} // namespace orderly::sqlite
