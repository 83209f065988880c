#include "storage/postgres/admin.hpp"

#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"

namespace orderly::postgres {

result<policy> admin::remember_policy(policy rules) {
  return guarded([&](session& over) -> result<policy> {
    const auto body = canonical_json(to_json(rules));
    pqxx::work all{over.raw()};
    over.run(all, sql::insert_policy, values{}.json(body));
    rules.version = integer_at(over.run(all, sql::policy_version, values{}.json(body))[0], 0);
    all.commit();
    return rules;
  });
}

result<bool> admin::has_users() {
  return guarded([&](session& over) -> result<bool> {
    pqxx::nontransaction look{over.raw()};
    return flag_at(over.run(look, sql::any_user, values{})[0], 0);
  });
}

result<void> admin::add_user(const stored_user& user, const stored_token& token) {
  return guarded([&](session& over) -> result<void> {
    pqxx::work all{over.raw()};
    over.run(all, sql::insert_user, values{}.text(user.name).text(user.role).text(user.password_hash));
    over.run(all, sql::insert_token, values{}.text(token.hash).text(token.user).text(token.role));
    all.commit();
    return {};
  });
}

result<std::vector<stored_token>> admin::tokens() {
  return guarded([&](session& over) -> result<std::vector<stored_token>> {
    std::vector<stored_token> all;
    pqxx::nontransaction look{over.raw()};
    for (const auto& row : over.run(look, sql::all_tokens, values{}))
      all.push_back({owned_at(row, 0), owned_at(row, 1), owned_at(row, 2)});
    return all;
  });
}

result<std::vector<stored_session>> admin::sessions() {
  return guarded([&](session& over) -> result<std::vector<stored_session>> {
    std::vector<stored_session> all;
    pqxx::nontransaction look{over.raw()};
    for (const auto& row : over.run(look, sql::all_sessions, values{}))
      all.push_back({owned_at(row, 0), owned_at(row, 1), owned_at(row, 2), time_at(row, 3), time_at(row, 4)});
    return all;
  });
}

result<std::vector<stored_user>> admin::users() {
  return guarded([&](session& over) -> result<std::vector<stored_user>> {
    std::vector<stored_user> all;
    pqxx::nontransaction look{over.raw()};
    for (const auto& row : over.run(look, sql::all_users, values{}))
      all.push_back({owned_at(row, 0), owned_at(row, 1), owned_at(row, 2)});
    return all;
  });
}

} // namespace orderly::postgres
