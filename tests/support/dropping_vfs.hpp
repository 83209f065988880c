#pragma once
// A disk that forgets: a SQLite VFS that keeps writes which were not flushed (xSync) in the memory of this process and writes to
// the real file only what was. A kill -9 then really loses them, which the kernel's page cache would not; power_off() does the
// same within one process. Database, log and rollback journal are treated so; temporary files and the shared-memory index are the
// default VFS's own, because neither outlives a crash. Directory entries (creating and deleting a file) count as durable at once.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace orderly::test {

/// What becomes of unflushed writes when the power goes.
struct power_cut {
  std::uint64_t seed = 1;
  /// Each unflushed write survives with this probability, whatever came before it; of those, some tear at a sector's edge.
  double survival = 0;
};

enum class disk_trouble {
  none,
  full,       ///< every write fails with "disk full"
  flush_fails ///< every flush fails and flushes nothing
};

class dropping_vfs {
public:
  /// Registers under `name` for the life of the object (store_options.vfs). Every connection must be closed before it goes.
  explicit dropping_vfs(const std::string& name);
  ~dropping_vfs();
  dropping_vfs(const dropping_vfs&) = delete;
  dropping_vfs& operator=(const dropping_vfs&) = delete;

  /// A disk that answers a flush and does not do it: shows that a test would notice a loss.
  void lie_about_flushes(bool lies);
  /// From now on, until told otherwise.
  void suffer(disk_trouble from);
  /// The power goes at the n-th write, truncation or flush from now, before it is done; 1 = the next.
  void power_off_after(std::uint64_t operations, const power_cut& how);
  /// At once. From now on every call on the files fails, also closing's checkpoint and deletes.
  void power_off(const power_cut& how);
  /// Files opened from now on work again and hold what survived; handles from before stay dead.
  void power_on();

  [[nodiscard]] bool is_off() const;
  /// Writes, truncations and flushes so far.
  [[nodiscard]] std::uint64_t operations() const;
  /// Unflushed writes and truncations that cuts have dropped or torn so far.
  [[nodiscard]] std::uint64_t dropped() const;

  struct disk;

private:
  std::unique_ptr<disk> disk_;
};

/// For the main() of a test's engine: registers, once, for the life of the process.
dropping_vfs& register_dropping_vfs(const std::string& name);

} // namespace orderly::test
