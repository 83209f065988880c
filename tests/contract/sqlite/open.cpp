// Opening the embedded store: what is refused, and what a start repairs.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/temp_dir.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace orderly;
using namespace orderly::test;

namespace {

result<std::unique_ptr<store>> open(const std::string& url, const std::string& data_dir) {
  return open_store({.url = url, .data_dir = data_dir, .vfs = {}});
}

bool has(const error& e, const std::string& part) { return e.message.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a second engine on the same data folder is told who holds it") {
  const temp_dir dir;
  const auto url = "sqlite:" + dir.file("orderly.db");
  auto first = open(url, dir.path().string());
  REQUIRE(first.has_value());
  const auto second = open(url, dir.path().string());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == error_code::storage_unavailable);
  CHECK(has(second.error(), std::to_string(::getpid())));
  CHECK(has(second.error(), dir.file("orderlyd.lock")));
  first->reset();
  CHECK(open(url, dir.path().string()).has_value());
}

TEST_CASE("a second engine on the same database is refused also from another data folder") {
  const temp_dir dir;
  const auto url = "sqlite:" + dir.file("orderly.db");
  const auto first = open(url, dir.file("one"));
  REQUIRE(first.has_value());
  const auto second = open(url, dir.file("two"));
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == error_code::storage_unavailable);
  CHECK(has(second.error(), "process " + std::to_string(::getpid()) + " holds the database " + dir.file("orderly.db")));
}

TEST_CASE("a second engine is refused also by another name of the file, and when every lock file is deleted") {
  const temp_dir dir;
  const auto first = open("sqlite:" + dir.file("orderly.db"), dir.file("one"));
  REQUIRE(first.has_value());
  std::filesystem::create_hard_link(dir.file("orderly.db"), dir.file("copy.db"));
  std::filesystem::remove(dir.file("one/orderlyd.lock"));
  for (const auto* name : {"copy.db", "orderly.db"})
    for (const auto* folder : {"one", "two"}) {
      INFO(name << " from " << folder);
      const auto second = open("sqlite:" + dir.file(name), dir.file(folder));
      REQUIRE_FALSE(second.has_value());
      CHECK(second.error().code == error_code::storage_unavailable);
      CHECK(has(second.error(), dir.file(name)));
    }
}

TEST_CASE("a lock file that is not ours is neither followed, written to nor cut short") {
  const temp_dir dir;
  const std::string text = "precious\n";
  std::ofstream{dir.file("victim")} << text;
  const auto lock = dir.file("data/orderlyd.lock");
  const auto plant = [&](const std::string& how) {
    std::filesystem::create_directories(dir.file("data"));
    std::filesystem::remove_all(lock);
    if (how == "a link")
      std::filesystem::create_symlink(dir.file("victim"), lock);
    else if (how == "another name of it")
      std::filesystem::create_hard_link(dir.file("victim"), lock);
    else if (how == "a copy of it")
      std::filesystem::copy_file(dir.file("victim"), lock);
    else if (how == "a folder")
      std::filesystem::create_directory(lock);
    else
      REQUIRE(::mkfifo(lock.c_str(), 0600) == 0);
  };
  for (const std::string how : {"a link", "another name of it", "a copy of it", "a folder", "a pipe"}) {
    INFO(how);
    plant(how);
    const auto refused = open("sqlite:" + dir.file("orderly.db"), dir.file("data"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == error_code::storage_unavailable);
    CHECK(has(refused.error(), lock));
    std::ifstream back{dir.file(how == "a copy of it" ? "data/orderlyd.lock" : "victim")};
    CHECK(std::string{std::istreambuf_iterator<char>{back}, {}} == text);
  }
  std::filesystem::remove(lock);
  std::ofstream{lock} << "4711\n"; // of an engine that is gone
  CHECK(open("sqlite:" + dir.file("orderly.db"), dir.file("data")).has_value());
  std::filesystem::create_hard_link(lock, dir.file("snapshot")); // a copy of the folder may be made of hard links
  CHECK(open("sqlite:" + dir.file("orderly.db"), dir.file("data")).has_value());
  CHECK(std::filesystem::hard_link_count(lock) == 1);
}

TEST_CASE("a second engine is refused also when it comes to the same database by a link") {
  const temp_dir dir;
  std::filesystem::create_directory(dir.file("real"));
  std::filesystem::create_directory_symlink("real", dir.file("folder"));
  std::filesystem::create_symlink("real/orderly.db", dir.file("link.db"));
  std::filesystem::create_symlink("link.db", dir.file("link_of_link.db"));
  const auto names = {"real/orderly.db", "folder/orderly.db", "link.db", "link_of_link.db", "folder/../real/./orderly.db"};
  for (const std::string first : names) { // the first of all makes the file, also through a link
    std::filesystem::remove(dir.file("real/orderly.db"));
    const auto engine = open("sqlite:" + dir.file(first), dir.file("one"));
    REQUIRE(engine.has_value());
    for (const std::string other : names) {
      INFO(first << ", then " << other);
      const auto second = open("sqlite:" + dir.file(other), dir.file("two"));
      REQUIRE_FALSE(second.has_value());
      CHECK(second.error().code == error_code::storage_unavailable);
      CHECK(has(second.error(), "one engine at a time"));
    }
  }
}

TEST_CASE("a data folder is made when it is not there, and one that cannot be is named with the reason") {
  const temp_dir dir;
  CHECK(open("sqlite:" + dir.file("a.db"), dir.file("new/folder")).has_value());
  std::ofstream{dir.file("plain")} << "a file";
  const auto bad = open("sqlite:" + dir.file("b.db"), dir.file("plain/below"));
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().code == error_code::storage_unavailable);
  CHECK(has(bad.error(), dir.file("plain/below")));
  CHECK(has(bad.error(), "Not a directory"));
  CHECK(open("sqlite:x.db", "").error().code == error_code::bad_config);
}

TEST_CASE("a data folder without write permission is named with the reason") {
  if (::geteuid() == 0) {
    const auto refused = open("sqlite:/proc/orderly.db", "/proc"); // nobody writes there, root neither
    REQUIRE_FALSE(refused.has_value());
    CHECK(has(refused.error(), "/proc"));
    return;
  }
  const temp_dir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto refused = open("sqlite:" + dir.file("a.db"), dir.path().string());
  std::filesystem::permissions(dir.path(), std::filesystem::perms::owner_all);
  REQUIRE_FALSE(refused.has_value());
  CHECK(has(refused.error(), "Permission denied"));
}

TEST_CASE("a database in a folder that is not there, or that is a folder itself, is named") {
  const temp_dir dir;
  const auto lost = open("sqlite:" + dir.file("nowhere/orderly.db"), dir.path().string());
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().code == error_code::storage_unavailable);
  CHECK(has(lost.error(), dir.file("nowhere")));
  CHECK(has(lost.error(), "No such file or directory"));
  CHECK(has(open("sqlite:" + dir.path().string(), dir.file("data")).error(), "is a folder"));
}

TEST_CASE("a file that is no database is refused and stays as it is") {
  const temp_dir dir;
  const std::string text(5000, 'x');
  std::ofstream{dir.file("notes.txt")} << text;
  const auto refused = open("sqlite:" + dir.file("notes.txt"), dir.path().string());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::storage_unavailable);
  CHECK(has(refused.error(), "notes.txt"));
  CHECK(has(refused.error(), "not a database"));
  std::ifstream back{dir.file("notes.txt")};
  CHECK(std::string{std::istreambuf_iterator<char>{back}, {}} == text);
}

TEST_CASE("other schemes are a wrong configuration, and say what is allowed") {
  const temp_dir dir;
  for (const auto* url : {"mysql://x", "postgresql:x", "orderly.db", "", "sqlite:"}) {
    INFO(url);
    const auto refused = open(url, dir.path().string());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == error_code::bad_config);
    CHECK(has(refused.error(), "sqlite:PATH"));
  }
  // A password in the address stays out of the message.
  CHECK_FALSE(has(open("mysql://user:secret@host/db", dir.path().string()).error(), "secret"));
}

TEST_CASE("a database of a newer version is refused, both versions are named, and it stays as it is") {
  const temp_dir dir;
  const auto url = "sqlite:" + dir.file("orderly.db");
  REQUIRE(open(url, dir.path().string()).has_value());
  {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(dir.file("orderly.db").c_str(), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "insert into schema_migrations(version) values (9999)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = open(url, dir.path().string());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == error_code::storage_newer);
    CHECK(has(refused.error(), "9999"));
    CHECK(has(refused.error(), "up to 4"));
  }
}

TEST_CASE("migrations run once: a restart changes no row of schema_migrations") {
  const auto db = fresh_sqlite();
  const auto before = db->scalar("select group_concat(version || ' ' || applied_at) from schema_migrations");
  CHECK_FALSE(before.empty());
  db->restart();
  CHECK(db->scalar("select group_concat(version || ' ' || applied_at) from schema_migrations") == before);
}

TEST_CASE("a database of the first version is brought up to date with what is in it") {
  const auto db = fresh_sqlite();
  {
    const auto writer = db->writer();
    auto dead = recorded(make_input("", "w:dead"), input_outcome::dead);
    dead.dead = dead_letter_cause::unparsable;
    const std::vector<input_record> inputs{dead, recorded(make_input("51", "w:slow"), input_outcome::pending)};
    REQUIRE(writer->record(inputs).has_value());
  }
  db->execute("drop index inputs_id; drop index inputs_pending; drop index inputs_pending_of_order;"
              "drop index dead_letters_open; drop index dead_letters_latest; drop index outbox_due;"
              "drop index order_attention_open; drop table feed_epochs; drop index inputs_delivery;"
              "create index inputs_pending on inputs(received_at) where outcome = 'pending';"
              "create index outbox_due on outbox(due_at) where state = 'open';"
              "delete from schema_migrations where version > 1");
  db->restart();
  CHECK(db->scalar("select max(version) from schema_migrations") == "4");
  CHECK(db->scalar("select sql from sqlite_master where name = 'outbox_due'").find("due_at, id") != std::string::npos);
  const auto reader = db->reader();
  CHECK(reader->pending({}).value().inputs.size() == 1);
  CHECK(reader->dead_letters({}).value().letters.size() == 1);
}

TEST_CASE("a restart keeps the lease of a withdrawn write, whose call may have reached TikTok") {
  const auto db = fresh_sqlite();
  const auto ship = [](const char* ref, promise_state state) {
    promise_change change;
    change.kind = promise_kind::mark_shipped;
    change.ref = ref;
    change.state = state;
    return change;
  };
  {
    const auto writer = db->writer();
    auto unit = creation("5764", "w:1");
    unit.promises = {ship("a", promise_state::open)};
    REQUIRE(commit(*writer, unit) == commit_verdict::committed);
    REQUIRE(writer->claim({at(1), 10, "engine-1", at(30'000'000)}).value().rows.size() == 1);
    auto again = next_step(*unit.after, "w:2");
    again.promises = {ship("a", promise_state::withdrawn), ship("b", promise_state::open)};
    REQUIRE(commit(*writer, again) == commit_verdict::committed);
  }
  db->restart();
  const auto writer = db->writer();
  CHECK(writer->claim({at(2), 10, "engine-2", at(60'000'000)}).value().rows.empty());
  const auto rows = writer->claim({at(30'000'000), 10, "engine-2", at(60'000'000)}).value().rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().ref == "b");
}

TEST_CASE("a restart voids every other lease, keeps the attempts and everything committed") {
  const auto db = fresh_sqlite();
  {
    const auto writer = db->writer();
    auto unit = creation("5764", "w:1");
    unit.promises.emplace_back().due_at = at(0);
    REQUIRE(commit(*writer, unit) == commit_verdict::committed);
    REQUIRE(writer->claim({at(1), 10, "engine-1", at(30'000'000)}).value().rows.size() == 1);
  }
  db->restart();
  const auto rows = db->writer()->claim({at(2), 10, "engine-2", at(30'000'000)}).value().rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().attempt == 2);
  CHECK(load(*db->reader(), "5764", {"w:1"}).settled.size() == 1);
}

TEST_CASE("a store that another process keeps locked is unavailable, and works again afterwards") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  const auto held = stored(*writer, "5764");
  const auto step = next_step(held, "w:2");
  {
    const auto open = db->open_write("update orders set updated_at = updated_at");
    const auto told = writer->commit({&step, 1});
    REQUIRE_FALSE(told.has_value());
    CHECK(told.error().code == error_code::storage_unavailable);
    CHECK(writer->claim({at(1), 10, "e", at(2)}).error().code == error_code::storage_unavailable);
    const auto record = recorded(make_input("", "w:ignored"), input_outcome::ignored);
    CHECK(writer->record({&record, 1}).error().code == error_code::storage_unavailable);
  }
  CHECK(commit(*writer, step) == commit_verdict::committed);
}
