#pragma once
// The disk under dropping_vfs: its files as the process sees them, and what of that would not survive a power cut.

#include "tests/support/dropping_vfs.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace orderly::test {

inline constexpr std::int64_t sector = 512;

/// A write, or the truncation to `offset` when there are no bytes.
struct change {
  std::int64_t offset = 0;
  std::vector<char> bytes;
  bool truncates = false;
};

/// A file as the process sees it, and what of that is not on the disk yet.
struct image {
  std::vector<char> content;
  std::vector<change> unflushed;
  int handles = 0;
};

void make_change(std::vector<char>& content, const change& c);

struct dropping_vfs::disk {
  explicit disk(const std::string& as);
  ~disk() { sqlite3_vfs_unregister(&vfs); }

  /// Counts an operation; false when the power is off, or goes with it.
  bool operate();
  void cut(const power_cut& how);
  std::vector<change> survivors(const image& of, std::mt19937_64& random, double survival);
  std::shared_ptr<image> open(const std::string& path, sqlite3_file* real);

  std::mutex mutex;
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  std::map<std::string, std::shared_ptr<image>> images;
  bool off = false, lies = false;
  disk_trouble trouble = disk_trouble::none;
  std::uint64_t generation = 1, operations = 0, dropped = 0, cut_at = 0;
  power_cut cut_how;
};

} // namespace orderly::test
