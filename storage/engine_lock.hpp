#pragma once
// DATA_DIR/orderlyd.lock: keeps a second engine away from an embedded database, which has one writer and
// voids all leases at its start.

#include "base/result.hpp"

#include <string>

namespace orderly {

/// Holds the lock for its life. The kernel drops it when the process dies, however it dies.
class engine_lock {
public:
  /// Creates the folder if need be. Errors: bad_config (no folder named), storage_unavailable (path and
  /// reason).
  static result<engine_lock> take(const std::string& data_dir);

  /// The same on a file of that name. Errors: storage_unavailable.
  static result<engine_lock> take_file(const std::string& path);

  engine_lock(engine_lock&& other) noexcept;
  engine_lock& operator=(engine_lock&&) = delete;
  ~engine_lock();

private:
  explicit engine_lock(int fd) : fd_(fd) {}
  int fd_;
};

} // namespace orderly
