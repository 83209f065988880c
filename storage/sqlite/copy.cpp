#include "storage/sqlite/copy.hpp"

#include "base/file_descriptor.hpp"
#include "storage/sqlite/held_database.hpp"
#include "storage/sqlite/statements.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace orderly::sqlite {
namespace {

constexpr int pages_a_piece = 1000;

error unavailable(const std::string& path, const std::string& why) {
  return {error_code::storage_unavailable, path + " cannot be written: " + why, {}};
}

/// A file of ours that is not finished; removed unless it gets its name.
class part_file {
public:
  explicit part_file(std::string path) : path_(std::move(path)) {}
  ~part_file() {
    if (made_)
      for (const auto* of : {"", "-journal", "-wal", "-shm"})
        ::unlink((path_ + of).c_str());
  }
  part_file(const part_file&) = delete;
  part_file& operator=(const part_file&) = delete;

  /// O_EXCL: nobody else's file, and through no link.
  result<void> make() {
    const file_descriptor file{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    made_ = file.get() >= 0;
    if (made_)
      return {};
    return unavailable(path_, errno == EEXIST ? "it is there already: another copy is being made, or one was cut off, and then "
                                                "it can be removed"
                                              : std::strerror(errno));
  }
  void has_its_name() { made_ = false; }
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  const std::string path_;
  bool made_ = false;
};

std::int64_t size_of(const std::string& path) {
  const auto file = file_at(path);
  return file ? file->size : 0;
}

std::int64_t number_of(connection& over, std::string_view query) {
  auto found = over.use(query);
  return found.step() ? found.integer_at(0) : 0;
}

/// Within a read transaction that lasts from the first page to the last: without it every commit of the engine would begin the
/// copy anew.
void copy_pages(connection& from, connection& to, const std::function<bool()>& go_on) {
  transaction snapshot{from, transaction::kind::read};
  from.run("select count(*) from sqlite_schema");
  auto* const under_way = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (!under_way)
    throw fault{sqlite3_errcode(to.handle()), sqlite3_errmsg(to.handle())};
  int code = SQLITE_OK;
  while (go_on() && (code = sqlite3_backup_step(under_way, pages_a_piece)) == SQLITE_OK) {
  }
  const int end = sqlite3_backup_finish(under_way);
  if (code == SQLITE_OK)
    throw fault{SQLITE_INTERRUPT, "interrupted"};
  if (code != SQLITE_DONE || end != SQLITE_OK)
    throw fault{code, sqlite3_errstr(code == SQLITE_DONE ? end : code)};
}

/// One file, which needs no log beside it to be read.
void leave_log_behind(connection& over) {
  auto mode = over.use("pragma journal_mode=delete");
  if (!mode.step() || mode.text_at(0) != "delete")
    throw fault{SQLITE_IOERR, "the copy keeps its log"};
}

result<copied_database> look_at(const std::string& path, const std::function<bool()>& go_on) {
  connection over{{path, {}}, access::write};
  over.run_while(go_on);
  leave_log_behind(over);
  if (const auto damage = damage_of(over, "pragma quick_check(1)"); !damage.empty())
    return error{error_code::bad_backup, "what was copied is damaged: " + damage, {}};
  constexpr std::string_view is_ours = "select count(*) from sqlite_schema where type = 'table' and name in ('orders', "
                                       "'schema_migrations')";
  if (number_of(over, is_ours) != 2)
    return error{error_code::bad_backup, "it is no database of Orderly", {}};
  copied_database found;
  found.orders = number_of(over, "select count(*) from orders");
  found.schema = number_of(over, sql::schema_version);
  found.bytes = size_of(path);
  return found;
}

result<copied_database> fill(const database& from, const std::string& part, const std::function<bool()>& go_on) {
  const auto log = real_path(from.path) + "-wal";
  const auto log_before = size_of(log);
  {
    connection source{from, access::inspect}, target{{part, {}}, access::fill};
    copy_pages(source, target, go_on);
  }
  const auto log_after = size_of(log);
  auto found = look_at(part, go_on);
  if (found) {
    found->log_before = log_before;
    found->log_after = log_after;
  }
  return found;
}

/// Where the file system has no such rename: its own link refuses a name that is taken.
bool name_by_link(const std::string& part, const std::string& name) {
  return ::link(part.c_str(), name.c_str()) == 0 && ::unlink(part.c_str()) == 0;
}

} // namespace

bool says_damage(const fault& f) {
  const int primary = f.code() & 0xff;
  return primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT;
}

result<copied_database> copy_database(const database& from, const std::string& to, const std::function<bool()>& go_on) {
  std::error_code ec;
  if (std::filesystem::exists(std::filesystem::symlink_status(to, ec)))
    return unavailable(to, "it is there already, and is not overwritten");
  part_file part{to + ".part"};
  if (auto made = part.make(); !made)
    return made.error();
  auto copied = guarded([&]() -> result<copied_database> {
    try {
      return fill(from, part.path(), go_on);
    } catch (const fault& f) {
      if (!says_damage(f))
        throw;
      return error{error_code::bad_backup, f.what(), {}};
    }
  });
  if (!copied)
    return error{copied.error().code, "the database " + from.path + " cannot be copied: " + copied.error().message, {}};
  if (auto flushed = sync_file(part.path()); !flushed)
    return flushed.error();
  if (auto named = name_new_file(part.path(), to); !named)
    return named.error();
  part.has_its_name();
  return copied;
}

result<void> name_new_file(const std::string& part, const std::string& name) {
  if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0) {
    const bool unknown = errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
    if (!unknown || !name_by_link(part, name))
      return unavailable(name, errno == EEXIST ? "it is there by now, and is not overwritten" : std::strerror(errno));
  }
  sync_folder_of(name);
  return {};
}

void sync_folder_of(const std::string& path) { sync_folder(std::filesystem::absolute(path).parent_path()); }

result<void> sync_file(const std::string& path) {
  const file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.get() < 0 || ::fsync(file.get()) != 0)
    return unavailable(path, std::strerror(errno));
  return {};
}

std::string damage_of(connection& over, const char* check) {
  try {
    auto found = over.use(check);
    if (!found.step())
      return "the check says nothing";
    return found.text_at(0) == "ok" ? "" : std::string{found.text_at(0)};
  } catch (const fault& f) {
    if (!says_damage(f))
      throw;
    return f.what();
  }
}

} // namespace orderly::sqlite
