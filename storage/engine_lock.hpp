#pragma once
// Keeps a second engine away from an embedded database, which has one writer and voids all leases at its start. What counts is
// the lock on the database's own file, by whatever name it is reached and whatever else is deleted; DATA_DIR/orderlyd.lock is
// for the other files of that folder.

#include "base/result.hpp"

#include <string>

namespace orderly {

/// Holds the lock for its life. The kernel drops it when the process dies, however it dies.
class engine_lock {
public:
  /// Of a data folder, which is created if need be. Its lock file must be a regular file with nothing in it but a process's
  /// id; another user's, or one of several names, is made anew. Errors: bad_config (no folder named), storage_unavailable
  /// (path and reason).
  static result<engine_lock> take(const std::string& data_dir);

  /// Of a database itself, which is made, empty, when it is not there. To be taken before SQLite opens the file and kept until
  /// every connection is closed: closing any descriptor of it drops the locks that SQLite has on it in this process.
  /// Errors: storage_unavailable, with who holds it.
  static result<engine_lock> take_database(const std::string& path);

  engine_lock(engine_lock&& other) noexcept;
  engine_lock& operator=(engine_lock&&) = delete;
  ~engine_lock();

  /// Of the locked file; to be read, not to be closed.
  [[nodiscard]] int descriptor() const { return fd_; }

private:
  explicit engine_lock(int fd) : fd_(fd) {}
  int fd_;
};

} // namespace orderly
