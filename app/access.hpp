#pragma once
// Who may use the admin API: the first user, and the tokens that the store knows by their hash.

#include "app/data_dir.hpp"
#include "base/result.hpp"
#include "domain/ports/token_store.hpp"
#include "storage/store.hpp"
#include "storage/store_task.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderly {

/// Without any user: creates `admin` with a random password (argon2id) and a random token, leaves both in
/// files of the data folder and prints the password once on stdout. The files are written first: a crash in
/// between leaves no user, and the next start does it again. Where another engine on the same store is first, it leaves no file.
result<void> ensure_first_user(store_admin& users, const data_dir& folder);

/// Reads on a connection of its own, writes on the engine's lanes.
class stored_tokens final : public token_store {
public:
  /// @param lanes outlives it
  static result<std::unique_ptr<stored_tokens>> over(store& from, task_port& lanes);
  stored_tokens(std::unique_ptr<access_reader> reader, task_port& lanes) : reader_(std::move(reader)), lanes_(lanes) {}

  result<std::vector<api_token>> tokens() override;
  void add(api_token token, std::function<void(result<void>)> done) override;
  void revoke(std::string hash, std::function<void(result<void>)> done) override;

private:
  std::unique_ptr<access_reader> reader_;
  task_port& lanes_;
  bool warned_ = false; ///< of a role that nobody here knows
};

} // namespace orderly
