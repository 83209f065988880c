#include "app/access.hpp"

#include "base/log.hpp"
#include "net/access/secrets.hpp"

#include <cstdio>
#include <unistd.h>
#include <utility>

namespace orderly {
namespace {

/// Several engines may start on one empty PostgreSQL at a time, and all but one are refused. Their files would never work. After
/// any other failure the user that is there may be our own.
bool another_engine_was_first(const error& why, store_admin& users, const data_dir& folder) {
  if (why.code != error_code::refused_by_store)
    return false;
  const auto has_users = users.has_users();
  if (!has_users || !*has_users)
    return false;
  folder.remove(admin_password_file);
  folder.remove(admin_token_file);
  return true;
}

} // namespace

result<void> ensure_first_user(store_admin& users, const data_dir& folder) {
  const auto has_users = users.has_users();
  if (!has_users)
    return has_users.error();
  if (*has_users)
    return {};
  const auto password = random_password(), token = random_token();
  const auto hash = password_hash(password);
  if (!hash)
    return hash.error();
  if (auto written = folder.write(admin_password_file, password + "\n"); !written)
    return written;
  if (auto written = folder.write(admin_token_file, token + "\n"); !written)
    return written;
  if (auto added = users.add_user({"admin", "admin", *hash}, {secret_hash(token), "admin", "admin"}); !added)
    return another_engine_was_first(added.error(), users, folder) ? result<void>{} : added;
  const auto shown = isatty(STDOUT_FILENO) == 1 ? " " + password + ", shown once and" : std::string{}; // no journal gets it
  std::printf("First start: user admin, its password%s kept in %s, a token in %s\n", shown.c_str(),
              folder.file(admin_password_file).c_str(), folder.file(admin_token_file).c_str());
  std::fflush(stdout);
  return {};
}

result<std::unique_ptr<stored_access>> stored_access::over(store& from, task_port& lanes) {
  auto reader = from.open_access();
  if (!reader)
    return reader.error();
  return std::make_unique<stored_access>(*std::move(reader), lanes);
}

std::optional<role> stored_access::known_role(const std::string& user, const std::string& role) {
  const auto known = role_from(role);
  if (!known && warned_.insert(role).second)
    log(log_level::warn, "access.role_unknown", "a stored role is not known to this version; whoever has it is not let in",
        {{"user", user}, {"role", role}});
  return known;
}

/// Sessions before users: whoever is made meanwhile has none yet.
result<access_rows> stored_access::read() {
  auto tokens = reader_->tokens();
  if (!tokens)
    return tokens.error();
  auto sessions = reader_->sessions();
  if (!sessions)
    return sessions.error();
  auto users = reader_->users();
  if (!users)
    return users.error();
  access_rows all;
  for (auto& token : *tokens)
    if (const auto may = known_role(token.user, token.role))
      all.tokens.push_back({std::move(token.hash), std::move(token.user), *may});
  for (auto& one : *sessions)
    all.sessions.push_back({std::move(one.hash), std::move(one.user), std::move(one.csrf_hash), one.created_at, one.until});
  for (auto& user : *users)
    if (const auto may = known_role(user.name, user.role))
      all.users.push_back({std::move(user.name), *may, std::move(user.password_hash)});
  return all;
}

void stored_access::add_token(api_token token, written done) {
  stored_token row{std::move(token.hash), std::move(token.user), std::string{name_of(token.role)}};
  write_on(
      lanes_, [row = std::move(row)](store_writer& on) { return on.add_token(row); }, std::move(done));
}

void stored_access::revoke_token(std::string hash, written done) {
  write_on(
      lanes_, [hash = std::move(hash)](store_writer& on) { return on.revoke_token(hash); }, std::move(done));
}

void stored_access::open_session(access_session session, written done) {
  stored_session row{std::move(session.hash), std::move(session.user), std::move(session.csrf_hash), session.created_at,
                     session.until};
  write_on(
      lanes_, [row = std::move(row)](store_writer& on) { return on.open_session(row); }, std::move(done));
}

void stored_access::extend_session(std::string hash, timestamp until, written done) {
  write_on(
      lanes_, [hash = std::move(hash), until](store_writer& on) { return on.extend_session(hash, until); }, std::move(done));
}

void stored_access::end_session(std::string hash, written done) {
  write_on(
      lanes_, [hash = std::move(hash)](store_writer& on) { return on.end_session(hash); }, std::move(done));
}

} // namespace orderly
