#pragma once
// What people and programs show to be let in: how it is made, and what of it is stored.

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace orderly {

/// 24 letters and digits that do not look alike: 140 bits.
std::string random_password();
/// 256 bits, as letters, digits, - and _.
std::string random_secret();
/// "orderly_" and 256 bits.
std::string random_token();
/// What is stored of a token, a session's id and its CSRF token: hex SHA-256. A slow hash would add nothing to 256 random bits.
std::string secret_hash(std::string_view secret);

/// argon2id, its parameters and salt included. Takes 50 to 100 ms and 64 MB: while the engine runs, for password_thread only.
/// Errors: internal.
result<std::string> password_hash(const std::string& password);
/// Of no password, to be checked for nobody: as slow as a real one.
std::string_view nobodys_hash();
/// As slow.
bool is_password(const std::string& password, const std::string& hash);
using password_check = std::function<bool(const std::string& password, const std::string& hash)>;

} // namespace orderly
