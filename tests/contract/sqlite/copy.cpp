// Copies of an embedded database: beside its engine, before a migration, and put back.

#include "storage/sqlite/copy.hpp"

#include "storage/sqlite/migration_copy.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/restore.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

using namespace orderly;
using namespace orderly::test;
namespace fs = std::filesystem;

namespace {

const auto always = [] { return true; };

struct served_store {
  temp_dir dir;
  const std::string path = dir.file("orderly.db");
  std::unique_ptr<store> db = std::move(open().value());
  std::unique_ptr<store_writer> writer = std::move(db->open_writer().value());

  result<std::unique_ptr<store>> open() const {
    return open_store({.url = "sqlite:" + path, .data_dir = dir.file("data"), .vfs = {}});
  }
  void close() {
    writer.reset();
    db.reset();
  }
  void reopen() {
    db = std::move(open().value());
    writer = std::move(db->open_writer().value());
  }
  void commit_some(int from, int to) {
    for (int i = from; i < to; ++i)
      REQUIRE(commit(*writer, creation("57" + std::to_string(i), "w:" + std::to_string(i))) == commit_verdict::committed);
  }
};

std::int64_t orders_in(const std::string& path) {
  sqlite::connection over{{path, {}}, sqlite::access::inspect};
  auto found = over.use("select count(*) from orders");
  found.step();
  return found.integer_at(0);
}

void run(const std::string& path, const char* sql) { sqlite::connection{{path, {}}, sqlite::access::write}.run(sql); }

bool has(const error& e, const std::string& part) { return e.message.find(part) != std::string::npos; }

std::vector<std::string> names_beside(const std::string& path, const std::string& begin) {
  std::vector<std::string> all;
  for (const auto& at : fs::directory_iterator{fs::path{path}.parent_path()})
    if (at.path().filename().string().starts_with(begin))
      all.push_back(at.path().filename().string());
  return all;
}

} // namespace

TEST_CASE("a copy beside a writing engine is of one moment, one file of mode 0600, and has all that was committed before") {
  served_store s;
  s.commit_some(0, 100);
  std::atomic<bool> ending = false;
  std::thread busy{[&] {
    for (int i = 100; !ending; ++i) {
      const auto unit = creation("58" + std::to_string(i), "v:" + std::to_string(i));
      (void)s.writer->commit({&unit, 1});
    }
  }};
  const auto copied = sqlite::copy_database({s.path, {}}, s.dir.file("copy.db"), always);
  ending = true;
  busy.join();
  REQUIRE(copied.has_value());
  CHECK(copied->orders >= 100);
  CHECK(copied->orders == orders_in(s.dir.file("copy.db")));
  CHECK(copied->schema == sqlite::newest_schema_version());
  struct stat file {};
  REQUIRE(::stat(s.dir.file("copy.db").c_str(), &file) == 0);
  CHECK((file.st_mode & 0777) == 0600);
  CHECK(names_beside(s.path, "copy.db") == std::vector<std::string>{"copy.db"});
}

TEST_CASE("a copy overwrites nothing, goes through no link, and leaves nothing when it is ended") {
  served_store s;
  s.commit_some(0, 3);
  std::ofstream{s.dir.file("taken.db")} << "mine";
  fs::create_symlink(s.dir.file("victim"), s.dir.file("link.db"));
  fs::create_symlink(s.dir.file("victim"), s.dir.file("half.db.part"));
  for (const auto* name : {"taken.db", "link.db", "half.db"}) {
    INFO(name);
    const auto refused = sqlite::copy_database({s.path, {}}, s.dir.file(name), always);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == error_code::storage_unavailable);
    CHECK(has(refused.error(), name));
  }
  CHECK(fs::file_size(s.dir.file("taken.db")) == 4);
  CHECK_FALSE(fs::exists(s.dir.file("victim")));
  CHECK_FALSE(sqlite::copy_database({s.path, {}}, s.dir.file("ended.db"), [] { return false; }).has_value());
  CHECK(names_beside(s.path, "ended").empty());
  const auto lost = sqlite::copy_database({s.dir.file("nowhere.db"), {}}, s.dir.file("copy.db"), always);
  REQUIRE_FALSE(lost.has_value());
  CHECK(has(lost.error(), "nowhere.db"));
}

TEST_CASE("before a migration a copy with the old schema is kept and named, one of each version, for a week") {
  captured_log log;
  served_store s;
  s.commit_some(0, 2);
  s.close();
  CHECK(log.lines("storage.copy_kept").empty()); // a new database is not migrated
  run(s.path, "drop table feed_epochs; drop index inputs_delivery; delete from schema_migrations where version = 4");
  for (int start = 0; start < 2; ++start) {
    s.reopen();
    s.close();
    const auto lines = log.lines("storage.copy_kept");
    REQUIRE(lines.size() == 1); // the second start finds nothing to migrate
    const std::string file{lines.front().at("file").as_string()};
    CHECK(file.starts_with(s.path + ".schema-3."));
    CHECK(orders_in(file) == 2);
    sqlite::connection kept{{file, {}}, sqlite::access::inspect};
    CHECK(sqlite::schema_version(kept) == 3);
    CHECK(sqlite::foreign_schema(kept) == "");
  }
  run(s.path, "drop table feed_epochs; drop index inputs_delivery; delete from schema_migrations where version = 4");
  std::ofstream{s.path + ".schema-3.20250101T000000Z.part"} << "cut off";
  s.reopen();
  const auto kept = names_beside(s.path, "orderly.db.schema-");
  REQUIRE(kept.size() == 1);
  sqlite::remove_old_copies(s.path);
  CHECK(names_beside(s.path, "orderly.db.schema-").size() == 1);
  const auto file = s.dir.file(kept.front());
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours{24 * 7 + 1});
  sqlite::remove_old_copies(s.path);
  CHECK(names_beside(s.path, "orderly.db.schema-").empty());
}

TEST_CASE("only what an engine has named so is taken for its copy") {
  using sqlite::is_migration_copy;
  CHECK(is_migration_copy("orderly.db.schema-2.20251128T015500Z", "orderly.db"));
  for (const auto* other : {"orderly.db", "orderly.db.schema-", "orderly.db.schema-2", "orderly.db.schema-x.20251128T015500Z",
                            "orderly.db.schema-2.20251128T015500Z.part", "orderly.db.schema-2.20251128T015500Z-wal",
                            "other.db.schema-2.20251128T015500Z", "orderly.db.schema-2.mine"})
    CHECK_FALSE(is_migration_copy(other, "orderly.db"));
}

TEST_CASE("a restore begins a new epoch of the feed, also the second one from the same backup, and keeps what stood there") {
  served_store s;
  s.commit_some(0, 2);
  REQUIRE(sqlite::copy_database({s.path, {}}, s.dir.file("backup.db"), always).has_value());
  s.commit_some(2, 5);
  const auto lost = s.db->open_reader().value()->feed_end().value();
  s.close();
  std::int64_t last_epoch = 0;
  for (int time = 0; time < 2; ++time) {
    INFO(time);
    std::string aside;
    {
      auto copy = sqlite::restored_copy::make(s.dir.file("backup.db"), s.path, always);
      REQUIRE(copy.has_value());
      CHECK(copy->epoch() > last_epoch);
      last_epoch = copy->epoch();
      aside = copy->put_in_place().value();
    }
    CHECK(orders_in(aside) == (time == 0 ? 5 : 3));
    s.reopen();
    s.commit_some(10 + time, 11 + time);
    const auto reader = s.db->open_reader();
    CHECK((*reader)->feed_end().value().epoch == last_epoch);
    CHECK((*reader)->events_after(lost, 10).value().lost);
    s.close();
    std::this_thread::sleep_for(std::chrono::milliseconds{1100}); // an epoch is a second's
  }
  CHECK(orders_in(s.path) == 3);
}

TEST_CASE("a restore is refused while an engine has the database, and whoever does not finish one leaves all as it was") {
  served_store s;
  s.commit_some(0, 2);
  REQUIRE(sqlite::copy_database({s.path, {}}, s.dir.file("backup.db"), always).has_value());
  const auto refused = sqlite::restored_copy::make(s.dir.file("backup.db"), s.path, always);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::storage_unavailable);
  CHECK(has(refused.error(), "in use"));
  s.commit_some(2, 3);
  s.close();
  { REQUIRE(sqlite::restored_copy::make(s.dir.file("backup.db"), s.path, always).has_value()); }
  CHECK(names_beside(s.path, "orderly.db") == std::vector<std::string>{"orderly.db"});
  CHECK(orders_in(s.path) == 3);
}

TEST_CASE("a restore brings an old schema up to date, and needs nothing to stand there") {
  served_store s;
  s.commit_some(0, 2);
  s.close();
  run(s.path, "drop table feed_epochs; drop index inputs_delivery; delete from schema_migrations where version = 4");
  fs::rename(s.path, s.dir.file("backup.db"));
  {
    auto copy = sqlite::restored_copy::make(s.dir.file("backup.db"), s.path, always);
    REQUIRE(copy.has_value());
    CHECK(copy->put_in_place().value() == "");
  }
  s.reopen();
  s.commit_some(2, 3);
  CHECK(s.db->open_reader().value()->feed_end().value().epoch > 0);
}

TEST_CASE("what is damaged, not Orderly's or more than Orderly's is no backup") {
  served_store s;
  s.commit_some(0, 50);
  const auto good = s.dir.file("good.db");
  REQUIRE(sqlite::copy_database({s.path, {}}, good, always).has_value());
  s.close();
  const auto refused = [&](const char* sql, const std::string& why) {
    INFO(why);
    const auto bad = s.dir.file("bad.db");
    fs::copy_file(good, bad, fs::copy_options::overwrite_existing);
    run(bad, sql);
    const auto made = sqlite::restored_copy::make(bad, s.path, always);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == error_code::bad_backup);
    CHECK(has(made.error(), why));
    CHECK(names_beside(s.path, "orderly.db") == std::vector<std::string>{"orderly.db"});
  };
  refused("create trigger t after insert on orders begin delete from inputs; end", "trigger t");
  refused("create view orders_all as select * from orders", "view orders_all");
  refused("create table mine(x)", "table mine");
  refused("alter table shops add column x text", "table shops");
  refused("drop index inputs_id", "index inputs_id");
  refused("drop table schema_migrations", "no database of Orderly");
  std::ofstream{s.dir.file("text")} << std::string(5000, 'x');
  CHECK(sqlite::restored_copy::make(s.dir.file("text"), s.path, always).error().code == error_code::bad_backup);
  { // a page of an index in the middle
    std::fstream file{good, std::ios::binary | std::ios::in | std::ios::out};
    file.seekp(static_cast<std::streamoff>(fs::file_size(good) / 4096 / 2 * 4096));
    file << std::string(4096, 'x');
  }
  CHECK(sqlite::restored_copy::make(good, s.path, always).error().code == error_code::bad_backup);
}
