#pragma once
// A backup put in place of an embedded database, whose engine stands still meanwhile.

#include "storage/engine_lock.hpp"
#include "storage/sqlite/copy.hpp"

#include <functional>
#include <optional>
#include <string>

namespace orderly::sqlite {

/// A database that is ready to be put in place. Until that has been done everything is as it was, and whoever lets go of it
/// removes it.
class restored_copy {
public:
  /// Copies the backup beside the database (PATH.restore), and of the copy: refuses what is damaged or whose schema is not
  /// Orderly's to the letter, migrates it, begins a new epoch of its feed and ends its sessions. Holds the database's lock from
  /// here on. Errors: storage_unavailable (an engine runs, the backup cannot be read, no room), storage_newer, bad_backup.
  /// @param path of the database; it may be gone
  static result<restored_copy> make(const std::string& backup, const std::string& path, const std::function<bool()>& go_on);

  restored_copy(restored_copy&& other) noexcept;
  restored_copy& operator=(restored_copy&&) = delete;
  ~restored_copy();

  [[nodiscard]] const std::string& path() const { return copy_; }
  [[nodiscard]] const copied_database& facts() const { return facts_; }
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  /// What stood there is kept, with its log, under the name that this gives; empty: nothing stood there. Errors:
  /// storage_unavailable; then it stands there still.
  result<std::string> put_in_place();

private:
  restored_copy(std::string target, std::optional<engine_lock> lock) : target_(std::move(target)), lock_(std::move(lock)) {}
  result<void> prepare(const std::string& backup, const std::function<bool()>& go_on);

  std::string target_;              ///< without links
  std::optional<engine_lock> lock_; ///< of what stands there
  std::string copy_;                ///< empty: none is ours
  copied_database facts_;
  std::int64_t epoch_ = 0;
};

} // namespace orderly::sqlite
