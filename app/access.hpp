#pragma once
// Who may use the admin API: the first user, and the tokens that the store knows by their hash.

#include "app/data_dir.hpp"
#include "base/result.hpp"
#include "net/server.hpp"
#include "storage/store.hpp"

namespace orderly {

/// Without any user: creates `admin` with a random password (argon2id) and a random token, leaves both in
/// files of the data folder and prints the password once on stdout. The files are written first: a crash in
/// between leaves no user, and the next start does it again. Where another engine on the same store is first, it leaves no file.
result<void> ensure_first_user(store_admin& users, const data_dir& folder);

/// The tokens of now, by hash, in memory.
result<token_check> load_tokens(store_admin& users);

} // namespace orderly
