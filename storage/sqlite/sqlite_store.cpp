#include "storage/sqlite/sqlite_store.hpp"

#include "storage/engine_lock.hpp"
#include "storage/sqlite/admin.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/reader.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/writer.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace orderly::sqlite {
namespace {

class sqlite_store final : public store {
public:
  sqlite_store(engine_lock folder, engine_lock file, database where)
      : folder_(std::move(folder)), file_(std::move(file)), where_(std::move(where)) {}

  result<std::unique_ptr<store_writer>> open_writer() override {
    return guarded([&]() -> result<std::unique_ptr<store_writer>> { return make_writer(where_, keeper_); });
  }
  result<std::unique_ptr<order_queries>> open_reader() override {
    return guarded([&]() -> result<std::unique_ptr<order_queries>> { return make_reader(where_); });
  }
  result<std::unique_ptr<store_admin>> open_admin() override { return make<store_admin, admin>(access::write); }
  result<std::unique_ptr<access_reader>> open_access() override { return make<access_reader, admin>(access::read); }
  [[nodiscard]] std::size_t max_lanes() const override { return 1; }

private:
  template <class Port, class Connection, class... With>
  result<std::unique_ptr<Port>> make(With... with) {
    return guarded(
        [&]() -> result<std::unique_ptr<Port>> { return std::unique_ptr<Port>{std::make_unique<Connection>(where_, with...)}; });
  }
  engine_lock folder_, file_;
  database where_;
  std::shared_ptr<log_keeper> keeper_ = std::make_shared<log_keeper>(where_);
};

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

/// The file itself, under the one name that all who come by links give it; also one that is not there yet.
std::string real_path(std::filesystem::path path) {
  std::error_code ec;
  constexpr int longest_chain = 40; // the kernel's own
  for (int i = 0; i < longest_chain && std::filesystem::is_symlink(path, ec); ++i)
    path = path.parent_path() / std::filesystem::read_symlink(path, ec);
  const auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(path, ec), ec);
  return ec ? path.string() : real.string();
}

error unavailable(const std::string& path, const error& cause) {
  // What a start leaves in doubt, the next one does again.
  const auto code = cause.code == error_code::storage_outcome_unknown ? error_code::storage_unavailable : cause.code;
  return {code, "the database " + path + " cannot be opened: " + cause.message, cause.details};
}

} // namespace

result<std::unique_ptr<store>> open(const std::string& path, const store_options& options) {
  auto lock = engine_lock::take(options.data_dir);
  if (!lock)
    return lock.error();
  if (auto why = why_not_writable(path); !why.empty())
    return error{error_code::storage_unavailable, std::move(why), {}};
  // The database itself too: another engine may have another data folder, and another name for the file.
  auto own = engine_lock::take_file(real_path(path) + ".lock");
  if (!own)
    return own.error();
  const database where{path, options.vfs};
  const auto ready = guarded([&]() -> result<void> {
    connection over{where, access::create};
    if (auto migrated = migrate(over); !migrated)
      return migrated;
    over.use(sql::void_leases).run(); // nobody else can hold one: the folder is locked
    over.use(sql::void_shop_leases).run();
    return {};
  });
  if (!ready)
    return unavailable(path, ready.error());
  return std::unique_ptr<store>{std::make_unique<sqlite_store>(*std::move(lock), *std::move(own), where)};
}

} // namespace orderly::sqlite
