#include "storage/sqlite/sqlite_store.hpp"

#include "base/log.hpp"
#include "storage/engine_lock.hpp"
#include "storage/sqlite/admin.hpp"
#include "storage/sqlite/file_keeper.hpp"
#include "storage/sqlite/held_database.hpp"
#include "storage/sqlite/migration_copy.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/reader.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/writer.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace orderly::sqlite {
namespace {

/// Open from the start to the end of a store, so that its log and the log's index stay the same files. Reads nothing more.
class constant_connection {
public:
  constant_connection(const database& where, std::shared_ptr<held_database> files)
      : files_(std::move(files)), over_(where, access::read) {
    over_.run("pragma schema_version"); // a connection that has not read knows of no log
    files_->know_log();
  }
  /// Into what is another's file now nothing is copied. Of its own log alone the database can still be made whole.
  ~constant_connection() {
    if (const auto loss = files_->look_inside(); loss && loss->what != file_loss::kind::log)
      over_.leave_log();
  }
  constant_connection(const constant_connection&) = delete;
  constant_connection& operator=(const constant_connection&) = delete;

private:
  const std::shared_ptr<held_database> files_;
  connection over_;
};

class sqlite_store final : public store {
public:
  sqlite_store(engine_lock folder, std::shared_ptr<held_database> files, database where,
               std::function<void(const error& why)> on_loss)
      : folder_(std::move(folder)), files_(std::move(files)), where_(std::move(where)),
        watch_(where_.path, files_, std::move(on_loss)) {}

  result<std::unique_ptr<store_writer>> open_writer() override {
    return while_ours([&]() -> result<std::unique_ptr<store_writer>> { return make_writer(where_, keeper_); });
  }
  result<std::unique_ptr<order_queries>> open_reader() override {
    return while_ours([&]() -> result<std::unique_ptr<order_queries>> { return make_reader(where_); });
  }
  result<std::unique_ptr<store_admin>> open_admin() override { return make<store_admin, admin>(access::write); }
  result<std::unique_ptr<access_reader>> open_access() override { return make<access_reader, admin>(access::read); }
  [[nodiscard]] std::size_t max_lanes() const override { return 1; }

private:
  /// A new connection goes by the name, and would be to whatever stands there now.
  template <class F>
  auto while_ours(F&& f) -> decltype(f()) {
    if (auto ours = files_->check(); !ours)
      return ours.error();
    return guarded(std::forward<F>(f));
  }
  template <class Port, class Connection, class... With>
  result<std::unique_ptr<Port>> make(With... with) {
    return while_ours(
        [&]() -> result<std::unique_ptr<Port>> { return std::unique_ptr<Port>{std::make_unique<Connection>(where_, with...)}; });
  }
  engine_lock folder_;
  std::shared_ptr<held_database> files_;
  database where_;
  constant_connection stays_{where_, files_};
  std::shared_ptr<log_keeper> keeper_ = std::make_shared<log_keeper>(where_, files_);
  file_keeper watch_;
};

/// A log without its database holds commits that SQLite would throw away with the first page of a new one.
std::string why_no_start(const std::string& path) {
  const auto log = real_path(path) + "-wal";
  const auto database = file_at(path), there = file_at(log);
  if (!there || there->size == 0 || (database && database->size > 0))
    return "";
  return "the log " + log + " is there, and its database " + path + " is " + (database ? "empty" : "not") +
         "; put the database back to where it was, or the log elsewhere";
}

void warn_of_other_names(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) == 0 && file.st_nlink > 1)
    log(log_level::warn, "storage.other_names",
        "the database has other names, too: a copy by link is no backup, and its log is found by this name alone",
        {{"file", path}, {"names", file.st_nlink}});
}

/// SQLite itself only says "unable to open database file".
std::string why_not_writable(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path().string();
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return "the folder " + folder + " of the database is not writable: " + std::strerror(errno);
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec))
    return path + " is a folder; storage.url must name a file";
  if (std::filesystem::exists(path, ec) && ::access(path.c_str(), R_OK | W_OK) != 0)
    return "the database " + path + " is not writable: " + std::strerror(errno);
  return "";
}

error unavailable(const std::string& path, const error& cause) {
  // What a start leaves in doubt, the next one does again.
  const bool again = cause.code == error_code::storage_outcome_unknown || cause.code == error_code::bad_backup;
  return {again ? error_code::storage_unavailable : cause.code, "the database " + path + " cannot be opened: " + cause.message,
          cause.details};
}

/// Nobody else can hold a lease: the database is locked.
result<void> make_ready(const database& where) {
  connection over{where, access::create};
  if (auto kept = keep_copy_before_migration(over, where); !kept)
    return kept;
  if (auto migrated = migrate(over); !migrated)
    return migrated;
  over.use(sql::void_leases).run();
  over.use(sql::void_shop_leases).run();
  return {};
}

} // namespace

result<std::unique_ptr<store>> open(const std::string& path, const store_options& options) {
  auto lock = engine_lock::take(options.data_dir);
  if (!lock)
    return lock.error();
  if (auto why = why_not_writable(path); !why.empty())
    return error{error_code::storage_unavailable, std::move(why), {}};
  if (auto why = why_no_start(path); !why.empty())
    return error{error_code::storage_unavailable, std::move(why), {}};
  auto files = held_database::take(path);
  if (!files)
    return files.error();
  warn_of_other_names(path);
  const database where{path, options.vfs};
  auto opened = guarded([&]() -> result<std::unique_ptr<store>> {
    if (auto ready = make_ready(where); !ready)
      return ready.error();
    return std::unique_ptr<store>{std::make_unique<sqlite_store>(*std::move(lock), *std::move(files), where, options.on_loss)};
  });
  if (!opened)
    return unavailable(path, opened.error());
  return opened;
}

} // namespace orderly::sqlite
