#include "storage/sqlite/migration_copy.hpp"

#include "base/log.hpp"
#include "storage/sqlite/copy.hpp"
#include "storage/sqlite/held_database.hpp"
#include "storage/sqlite/migrations.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace orderly::sqlite {
namespace {

constexpr std::string_view infix = ".schema-", unfinished = ".part";

/// "20251128T015500Z".
std::string compact_now() {
  auto text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(system_clock{}.now()));
  text.erase(text.find('.'));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + 'Z';
}

/// Takes a run of digits off the front; false when there is none.
bool take_digits(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(end);
  return end > 0;
}

bool take(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what))
    return false;
  text.remove_prefix(what.size());
  return true;
}

/// Of an engine that ended while it made one; nobody makes one now.
bool is_cut_off(std::string_view file, std::string_view of) {
  return file.ends_with(unfinished) && is_migration_copy(file.substr(0, file.size() - unfinished.size()), of);
}

bool is_old(const std::string& path) {
  struct stat file {};
  using clock = std::chrono::system_clock;
  return ::lstat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
         clock::now() - clock::from_time_t(file.st_mtime) > copies_are_kept;
}

void remove_file(const std::string& path) {
  const bool gone = ::unlink(path.c_str()) == 0;
  log(gone ? log_level::info : log_level::warn, gone ? "storage.copy_removed" : "storage.copy_not_removed",
      gone ? "a copy from before a migration is removed" : "a copy from before a migration cannot be removed",
      gone ? boost::json::object{{"file", path}} : boost::json::object{{"file", path}, {"why", std::strerror(errno)}});
}

template <class Which>
void remove_beside(const std::string& path, const Which& which) {
  const std::filesystem::path real{real_path(path)};
  const auto name = real.filename().string();
  std::error_code ec;
  for (std::filesystem::directory_iterator at{real.parent_path(), ec}, end; !ec && at != end; at.increment(ec))
    if (which(at->path().filename().string(), name, at->path().string()))
      remove_file(at->path().string());
}

} // namespace

bool is_migration_copy(std::string_view file, std::string_view of) {
  return take(file, of) && take(file, infix) && take_digits(file) && take(file, ".") && take_digits(file) && take(file, "T") &&
         take_digits(file) && file == "Z";
}

result<void> keep_copy_before_migration(connection& over, const database& where) {
  const auto version = schema_version(over);
  if (version == 0 || version >= newest_schema_version())
    return {};
  // One of each version, however often a migration is begun.
  const auto begin = std::string{infix} + std::to_string(version) + ".";
  remove_beside(where.path, [&begin](const std::string& file, const std::string& of, const std::string&) {
    return is_cut_off(file, of) || (is_migration_copy(file, of) && file.starts_with(of + begin));
  });
  const auto to = real_path(where.path) + begin + compact_now();
  const auto copied = copy_database(where, to, [] { return true; });
  if (!copied)
    return error{copied.error().code, "before a migration a copy is kept, and there is none: " + copied.error().message, {}};
  log(log_level::warn, "storage.copy_kept", "the database is migrated; what an older version can go on with is kept for 7 days",
      {{"file", to}, {"schema", copied->schema}, {"new_schema", newest_schema_version()}, {"bytes", copied->bytes}});
  return {};
}

void remove_old_copies(const std::string& path) {
  remove_beside(path, [](const std::string& file, const std::string& of, const std::string& whole) {
    return is_migration_copy(file, of) && is_old(whole);
  });
}

} // namespace orderly::sqlite
