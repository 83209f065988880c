#pragma once
// The files of a database as this process has them open. A descriptor stays good when its name is removed or taken by another
// file, so SQLite commits on, into what nobody will find again: this is what notices it.

#include "base/result.hpp"
#include "storage/engine_lock.hpp"
#include "storage/sqlite/file_header.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/types.h>

namespace orderly::sqlite {

/// A file whatever it is called.
struct file_identity {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t size = 0;
  [[nodiscard]] bool is(const file_identity& other) const { return device == other.device && inode == other.inode; }
};
/// By a name, through links; nothing when there is none.
std::optional<file_identity> file_at(const std::string& path);

/// The file itself, under the one name that all who come by links give it; also one that is not there yet.
std::string real_path(const std::string& path);

struct file_loss {
  enum class kind {
    gone,        ///< the database's name is nobody's
    replaced,    ///< or another file's
    overwritten, ///< another content in the same file
    truncated,
    log ///< its log, or the log's index, is gone or another
  };
  kind what = kind::gone;
  std::string said; ///< which file this process has, and which one stands there now
};

/// Locks the database for its life. Thread-safe but for look_inside().
class held_database {
public:
  /// Errors: storage_unavailable.
  static result<std::shared_ptr<held_database>> take(const std::string& path);

  /// The log and its index are from now on those that are there: while a connection is open they stay the same.
  void know_log();

  /// Whether all of them still are what their names say: three looks at the folder, for each commit. What was found once holds
  /// for ever. Errors: storage_unavailable.
  result<void> check();
  /// The same, and whether the database's content goes on from where it was at the last call. By one thread.
  std::optional<file_loss> look_inside();

  [[nodiscard]] std::string log_path() const { return real_ + "-wal"; }
  /// When another database stands under the name: our log would be taken for its own, and destroy it. The name that the log has
  /// now; empty: there was nothing to do.
  std::string set_log_aside(const file_loss& because);

private:
  held_database(std::string path, engine_lock lock);
  /// An error: the folder cannot be looked at now.
  [[nodiscard]] result<std::optional<file_loss>> loss_of_names() const;
  [[nodiscard]] std::optional<file_loss> loss_of_content();
  std::optional<file_loss> keep(std::optional<file_loss> found);
  [[nodiscard]] file_loss said_of(file_loss::kind what, const std::string& now) const;
  [[nodiscard]] std::string own_file() const;

  const std::string path_, real_; ///< as configured; without links
  const engine_lock lock_;
  file_identity own_;
  std::optional<file_identity> log_, index_;
  std::optional<file_state> state_; ///< of the last look inside
  bool doubted_ = false;            ///< a look may fall into a write: the next one must say the same
  std::atomic<bool> lost_ = false;
  std::mutex mutex_; ///< of loss_
  std::optional<file_loss> loss_;
};

} // namespace orderly::sqlite
