#pragma once
// A SQLite VFS that counts what it hands on to the default one.

#include <cstdint>
#include <memory>
#include <string>

namespace orderly::test {

class counting_vfs {
public:
  /// Registers under `name` for the life of the object (store_options.vfs). Every connection must be closed before it goes.
  explicit counting_vfs(const std::string& name);
  ~counting_vfs();
  counting_vfs(const counting_vfs&) = delete;
  counting_vfs& operator=(const counting_vfs&) = delete;

  /// Writes into databases themselves, their logs and journals apart, by the calling thread, ever.
  static std::uint64_t database_writes_here();
  /// The same by all threads.
  static std::uint64_t database_writes();

  struct registration;

private:
  std::unique_ptr<registration> registration_;
};

} // namespace orderly::test
