#include "app/access.hpp"

#include "base/digest.hpp"
#include "base/log.hpp"

#include <sodium.h>

#include <array>
#include <cstdio>
#include <memory>
#include <unordered_map>

namespace orderly {
namespace {

/// 24 of 57 letters and digits that do not look alike: 140 bits.
std::string random_password() {
  constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  std::string password;
  for (int i = 0; i < 24; ++i)
    password += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  return password;
}

std::string random_token() {
  std::array<unsigned char, 32> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  char text[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  sodium_bin2base64(text, sizeof text, bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return std::string{"orderly_"} + text;
}

result<std::string> password_hash(const std::string& password) {
  char hash[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(hash, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return error{error_code::internal, "not enough memory to hash a password", {}};
  return std::string{hash};
}

std::optional<role> role_from(std::string_view name) {
  if (name == "viewer")
    return role::viewer;
  if (name == "operator")
    return role::op;
  return name == "admin" ? std::optional{role::admin} : std::nullopt;
}

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
  if (sodium_init() < 0)
    return error{error_code::internal, "libsodium finds no source of randomness", {}};

  const auto password = random_password(), token = random_token();
  const auto hash = password_hash(password);
  if (!hash)
    return hash.error();
  if (auto written = folder.write(admin_password_file, password + "\n"); !written)
    return written;
  if (auto written = folder.write(admin_token_file, token + "\n"); !written)
    return written;
  if (auto added = users.add_user({"admin", "admin", *hash}, {to_hex(sha256(token)), "admin", "admin"}); !added)
    return another_engine_was_first(added.error(), users, folder) ? result<void>{} : added;
  std::printf("First start: user admin, password %s (shown once; kept in %s, a token in %s)\n", password.c_str(),
              folder.file(admin_password_file).c_str(), folder.file(admin_token_file).c_str());
  std::fflush(stdout);
  return {};
}

result<token_check> load_tokens(store_admin& users) {
  const auto stored = users.tokens();
  if (!stored)
    return stored.error();
  auto table = std::make_shared<std::unordered_map<std::string, principal>>();
  for (const auto& token : *stored) {
    if (const auto role = role_from(token.role))
      table->emplace(token.hash, principal{token.user, *role});
    else
      log(log_level::warn, "token.ignored", "a stored token has a role that this version does not know",
          {{"user", token.user}, {"role", token.role}});
  }
  return token_check{[table](std::string_view token) -> std::optional<principal> {
    const auto found = table->find(to_hex(sha256(token)));
    return found == table->end() ? std::nullopt : std::optional{found->second};
  }};
}

} // namespace orderly
