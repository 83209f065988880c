#include "tests/contract/backend.hpp"

#include "tests/support/temp_dir.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace orderly::test {
namespace {

/// SQLite's own shell, in a few lines.
class shell {
public:
  explicit shell(const std::string& path) {
    check(sqlite3_open(path.c_str(), &db_));
    sqlite3_busy_timeout(db_, 10'000);
  }
  ~shell() { sqlite3_close(db_); }
  shell(const shell&) = delete;
  shell& operator=(const shell&) = delete;

  void execute(const std::string& sql) { check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr)); }

  std::string scalar(const std::string& sql) {
    sqlite3_stmt* query = nullptr;
    check(sqlite3_prepare_v2(db_, sql.c_str(), -1, &query, nullptr));
    std::string value;
    if (sqlite3_step(query) == SQLITE_ROW)
      if (const auto* text = sqlite3_column_text(query, 0))
        value = reinterpret_cast<const char*>(text);
    check(sqlite3_finalize(query));
    return value;
  }

private:
  void check(int code) const {
    if (code != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(db_));
  }
  sqlite3* db_ = nullptr;
};

class sqlite_under_test final : public store_under_test {
public:
  sqlite_under_test() { open(); }
  orderly::store& store() override { return *store_; }
  void restart() override {
    store_.reset();
    open();
  }
  void execute(const std::string& sql) override { shell{path()}.execute(sql); }
  std::string scalar(const std::string& sql) override { return shell{path()}.scalar(sql); }
  long long newest_position() override { return std::stoll(scalar("select max(pos) from order_events")); }
  std::shared_ptr<void> open_write(const std::string& sql) override {
    auto other = std::make_shared<shell>(path());
    other->execute("begin immediate");
    other->execute(sql);
    return other;
  }

private:
  [[nodiscard]] std::string path() const { return dir_.file("orderly.db"); }
  void open() {
    store_ = std::move(open_store({.url = "sqlite:" + path(), .data_dir = dir_.path().string(), .vfs = {}}).value());
  }
  temp_dir dir_;
  std::unique_ptr<orderly::store> store_;
};

} // namespace

std::unique_ptr<store_under_test> fresh_sqlite() { return std::make_unique<sqlite_under_test>(); }

} // namespace orderly::test
