#include "storage/sqlite/admin.hpp"

#include "storage/sqlite/statements.hpp"

namespace orderly::sqlite {

result<policy> admin::remember_policy(policy rules) {
  return guarded([&]() -> result<policy> {
    const auto body = canonical_json(to_json(rules));
    transaction all{over_, transaction::kind::write};
    over_.use(sql::insert_policy).text(body).run();
    {
      auto query = over_.use(sql::policy_version);
      query.text(body).step();
      rules.version = query.integer_at(0);
    }
    all.commit();
    return rules;
  });
}

result<bool> admin::has_users() {
  return guarded([&]() -> result<bool> {
    auto query = over_.use(sql::any_user);
    query.step();
    return query.integer_at(0) != 0;
  });
}

result<void> admin::add_user(const stored_user& user, const stored_token& token) {
  return guarded([&]() -> result<void> {
    transaction all{over_, transaction::kind::write};
    over_.use(sql::insert_user).text(user.name).text(user.role).text(user.password_hash).run();
    over_.use(sql::insert_token).text(token.hash).text(token.user).text(token.role).run();
    all.commit();
    return {};
  });
}

result<std::vector<stored_token>> admin::tokens() {
  return guarded([&]() -> result<std::vector<stored_token>> {
    std::vector<stored_token> all;
    auto query = over_.use(sql::all_tokens);
    while (query.step())
      all.push_back({std::string{query.text_at(0)}, std::string{query.text_at(1)}, std::string{query.text_at(2)}});
    return all;
  });
}

result<std::vector<stored_session>> admin::sessions() {
  return guarded([&]() -> result<std::vector<stored_session>> {
    std::vector<stored_session> all;
    auto query = over_.use(sql::all_sessions);
    while (query.step())
      all.push_back({std::string{query.text_at(0)}, std::string{query.text_at(1)}, std::string{query.text_at(2)},
                     query.time_at(3), query.time_at(4)});
    return all;
  });
}

result<std::vector<stored_user>> admin::users() {
  return guarded([&]() -> result<std::vector<stored_user>> {
    std::vector<stored_user> all;
    auto query = over_.use(sql::all_users);
    while (query.step())
      all.push_back({std::string{query.text_at(0)}, std::string{query.text_at(1)}, std::string{query.text_at(2)}});
    return all;
  });
}

} // namespace orderly::sqlite
