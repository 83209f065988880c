#pragma once
// Who may use the admin API: the first user, and whom the store knows.

#include "app/data_dir.hpp"
#include "base/result.hpp"
#include "domain/ports/access_store.hpp"
#include "storage/store.hpp"
#include "storage/store_task.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace orderly {

/// Without any user: creates `admin` with a random password (argon2id) and a random token, leaves both in
/// files of the data folder and prints the password once on stdout. The files are written first: a crash in
/// between leaves no user, and the next start does it again. Where another engine on the same store is first, it leaves no file.
result<void> ensure_first_user(store_admin& users, const data_dir& folder);

/// Reads on a connection of its own, writes on the engine's lanes.
class stored_access final : public access_store {
public:
  /// @param lanes outlives it
  static result<std::unique_ptr<stored_access>> over(store& from, task_port& lanes);
  stored_access(std::unique_ptr<access_reader> reader, task_port& lanes) : reader_(std::move(reader)), lanes_(lanes) {}

  result<access_rows> read() override;
  void add_token(api_token token, written done) override;
  void revoke_token(std::string hash, written done) override;
  void open_session(access_session session, written done) override;
  void extend_session(std::string hash, timestamp until, written done) override;
  void end_session(std::string hash, written done) override;

private:
  [[nodiscard]] std::optional<role> known_role(const std::string& user, const std::string& role);

  std::unique_ptr<access_reader> reader_;
  task_port& lanes_;
  std::set<std::string> warned_; ///< roles that nobody here knows
};

} // namespace orderly
