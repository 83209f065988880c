#include "app/access.hpp"

#include "base/log.hpp"
#include "net/access/secrets.hpp"

#include <cstdio>
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
  if (auto added = users.add_user({"admin", "admin", *hash}, {token_hash(token), "admin", "admin"}); !added)
    return another_engine_was_first(added.error(), users, folder) ? result<void>{} : added;
  std::printf("First start: user admin, password %s (shown once; kept in %s, a token in %s)\n", password.c_str(),
              folder.file(admin_password_file).c_str(), folder.file(admin_token_file).c_str());
  std::fflush(stdout);
  return {};
}

result<std::unique_ptr<stored_tokens>> stored_tokens::over(store& from, task_port& lanes) {
  auto reader = from.open_access();
  if (!reader)
    return reader.error();
  return std::make_unique<stored_tokens>(*std::move(reader), lanes);
}

result<std::vector<api_token>> stored_tokens::tokens() {
  auto found = reader_->tokens();
  if (!found)
    return found.error();
  std::vector<api_token> all;
  bool unknown = false;
  for (auto& token : *found) {
    if (const auto may = role_from(token.role)) {
      all.push_back({std::move(token.hash), std::move(token.user), *may});
      continue;
    }
    unknown = true;
    if (!warned_)
      log(log_level::warn, "token.ignored", "a stored token has a role that this version does not know",
          {{"user", token.user}, {"role", token.role}});
  }
  warned_ = unknown;
  return all;
}

void stored_tokens::add(api_token token, std::function<void(result<void>)> done) {
  stored_token row{std::move(token.hash), std::move(token.user), std::string{name_of(token.role)}};
  write_on(
      lanes_, [row = std::move(row)](store_writer& on) { return on.add_token(row); }, std::move(done));
}

void stored_tokens::revoke(std::string hash, std::function<void(result<void>)> done) {
  write_on(
      lanes_, [hash = std::move(hash)](store_writer& on) { return on.revoke_token(hash); }, std::move(done));
}

} // namespace orderly
