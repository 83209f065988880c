// The files of an embedded database: an engine whose database has become another's does not go on.

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_header.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

using namespace orderly;
using namespace orderly::test;
namespace fs = std::filesystem;

namespace {

using sqlite::change_of_file;
using sqlite::file_change;
using sqlite::file_state;

/// What the store says of its loss.
class loss_notice {
public:
  std::function<void(const error& why)> taker() {
    return [this](const error& why) {
      const std::lock_guard lock{mutex_};
      said_.push_back(why);
    };
  }
  std::vector<error> said() {
    const std::lock_guard lock{mutex_};
    return said_;
  }

private:
  std::mutex mutex_;
  std::vector<error> said_;
};

struct served_store {
  temp_dir dir;
  const std::string path = dir.file("orderly.db");
  loss_notice notice;
  std::unique_ptr<store> db = std::move(open().value());
  std::unique_ptr<store_writer> writer = std::move(db->open_writer().value());

  result<std::unique_ptr<store>> open() {
    return open_store({.url = "sqlite:" + path, .data_dir = dir.file("data"), .vfs = {}, .on_loss = notice.taker()});
  }
  void close() {
    writer.reset();
    db.reset();
  }
  result<std::vector<unit_result>> commit_one(const std::string& id) {
    const auto unit = creation(id, "w:" + id);
    return writer->commit({&unit, 1});
  }
  /// Within a second, as it is promised; a machine under load gets more.
  std::optional<error> loss() {
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20}; std::chrono::steady_clock::now() < end;
         std::this_thread::sleep_for(std::chrono::milliseconds{5}))
      if (const auto said = notice.said(); !said.empty())
        return said.front();
    return std::nullopt;
  }
};

bool has(const error& e, const std::string& part) { return e.message.find(part) != std::string::npos; }

} // namespace

TEST_CASE("what copying the log does to a file is known from what others do to it") {
  const file_state before{4096, 7, 3, 100, 100 * 4096};
  const auto change = [&](const file_state& now) { return change_of_file(before, now, now.size); };
  CHECK(change(before) == file_change::ours);
  CHECK(change({4096, 7, 3, 150, 100 * 4096}) == file_change::ours); // its first page is written, the others not yet
  CHECK(change({4096, 7, 3, 150, 150 * 4096}) == file_change::ours);
  CHECK(change({4096, 7, 4, 40, 100 * 4096}) == file_change::ours); // a vacuum, before it cuts the file
  CHECK(change({4096, 7, 4, 40, 40 * 4096}) == file_change::ours);
  CHECK(change({4096, 8, 4, 40, 40 * 4096}) == file_change::ours);
  const file_state being_cut{4096, 8, 4, 40, 100 * 4096}; // what a look between the two has seen
  CHECK(change_of_file(being_cut, file_state{4096, 8, 4, 40, 40 * 4096}, 40 * 4096) == file_change::ours);
  CHECK(change_of_file(being_cut, file_state{4096, 8, 4, 40, 39 * 4096}, 39 * 4096) == file_change::truncated);
  const file_state last{4096, 0xffffffff, 3, 100, 100 * 4096};
  CHECK(change_of_file(last, file_state{4096, 1, 3, 100, 100 * 4096}, last.size) == file_change::ours);

  CHECK(change({4096, 7, 3, 100, 99 * 4096}) == file_change::truncated);
  CHECK(change({4096, 8, 4, 40, 39 * 4096}) == file_change::truncated);
  CHECK(change_of_file(before, std::nullopt, 0) == file_change::truncated);
  CHECK(change({4096, 6, 3, 100, 100 * 4096}) == file_change::replaced); // an older copy
  CHECK(change({4096, 7, 2, 100, 100 * 4096}) == file_change::replaced);
  CHECK(change({4096, 7, 3, 90, 100 * 4096}) == file_change::replaced);
  CHECK(change({8192, 9, 3, 100, 100 * 8192}) == file_change::replaced);
  CHECK(change_of_file(before, std::nullopt, before.size) == file_change::replaced);
  CHECK(change_of_file(std::nullopt, std::nullopt, 0) == file_change::ours); // nothing was there yet
}

TEST_CASE("a header is read as SQLite writes it, and nothing else is one") {
  served_store s;
  s.close();
  std::ifstream file{s.path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  const auto size = static_cast<std::int64_t>(bytes.size());
  const auto state = sqlite::file_state_of(std::string_view{bytes}.substr(0, sqlite::file_header_size), size);
  REQUIRE(state.has_value());
  CHECK(state->page_size == 4096);
  CHECK(state->page_size * state->pages == size);
  CHECK(state->change_counter > 0);
  CHECK_FALSE(sqlite::file_state_of(std::string_view{bytes}.substr(0, 99), size).has_value());
  CHECK_FALSE(sqlite::file_state_of(std::string(100, 'x'), size).has_value());
}

TEST_CASE("when the database's name is nobody's or another file's, the very next commit fails, and it is told which is which") {
  captured_log quiet;
  served_store s;
  REQUIRE(s.commit_one("51").has_value());
  const std::string how = GENERATE("removed", "moved", "replaced");
  INFO(how);
  if (how == "removed")
    fs::remove(s.path);
  if (how == "moved")
    fs::rename(s.path, s.dir.file("moved.db"));
  if (how == "replaced") {
    std::ofstream{s.dir.file("another")} << "another";
    fs::create_hard_link(s.path, s.dir.file("moved.db"));
    fs::rename(s.dir.file("another"), s.path);
  }
  const auto told = s.commit_one("52");
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == error_code::storage_unavailable);
  const auto loss = s.loss();
  REQUIRE(loss.has_value());
  CHECK(loss->code == error_code::storage_unavailable);
  CHECK(has(*loss, s.path));
  CHECK(has(*loss, how == "removed" ? "no name any more" : how == "moved" ? s.dir.file("moved.db") : "another name"));
  CHECK(has(*loss, how == "replaced" ? "7 bytes" : "nothing stands at " + s.path));
  CHECK(s.db->open_reader().error().code == error_code::storage_unavailable); // no connection to the other one
  if (how == "replaced")
    fs::remove(s.path);
  if (how != "removed")
    fs::rename(s.dir.file("moved.db"), s.path);
  CHECK_FALSE(s.commit_one("53").has_value()); // what was found once holds
  CHECK(s.notice.said().size() == 1);
}

TEST_CASE("a database that is cut short or written over is noticed, and its log is not copied into it") {
  captured_log quiet;
  served_store s;
  for (int i = 0; i < 50; ++i)
    REQUIRE(s.commit_one("9" + std::to_string(i)).has_value());
  s.close(); // all of it is in the file now
  fs::copy_file(s.path, s.dir.file("older.db"));
  s.db = std::move(s.open().value());
  s.writer = std::move(s.db->open_writer().value());
  REQUIRE(s.commit_one("51").has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds{700}); // it has looked at the file
  const bool cut = GENERATE(true, false);
  if (cut) {
    fs::resize_file(s.path, 8192);
  } else {
    std::ofstream over{s.path, std::ios::binary | std::ios::trunc};
    over << std::string(fs::file_size(s.dir.file("older.db")), 'x');
  }
  const auto loss = s.loss();
  REQUIRE(loss.has_value());
  CHECK(has(*loss, cut ? "cut it short" : "another content"));
  CHECK_FALSE(s.commit_one("52").has_value());
  const auto size = fs::file_size(s.path);
  s.close();
  CHECK(fs::file_size(s.path) == size);
}

TEST_CASE("a vacuum by hand beside the engine is no loss") {
  served_store s;
  for (int i = 0; i < 200; ++i)
    REQUIRE(s.commit_one("9" + std::to_string(i)).has_value());
  {
    sqlite::connection other{{s.path, {}}, sqlite::access::write};
    other.run("create table big(x); insert into big select randomblob(3000) from inputs; drop table big");
    other.checkpoint(sqlite::connection::checkpoint_kind::truncate);
    std::this_thread::sleep_for(std::chrono::milliseconds{400});
    const auto size = fs::file_size(s.path);
    other.run("vacuum");
    other.checkpoint(sqlite::connection::checkpoint_kind::truncate);
    CHECK(fs::file_size(s.path) < size);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{1200});
  CHECK(s.notice.said().empty());
  CHECK(s.commit_one("51").has_value());
}

TEST_CASE("when the log alone is taken away, commits fail, and what was committed is copied into the database at the end") {
  captured_log quiet;
  served_store s;
  REQUIRE(s.commit_one("51").has_value());
  fs::remove(s.path + "-wal");
  CHECK_FALSE(s.commit_one("52").has_value());
  const auto loss = s.loss();
  REQUIRE(loss.has_value());
  CHECK(has(*loss, s.path + "-wal"));
  s.close();
  s.db = std::move(s.open().value());
  CHECK(s.db->open_reader().value()->list({{}, 200, ""}).value().orders.size() == 1);
}

TEST_CASE("the log of a database that another one has taken the place of is set aside, so that it is not taken for that one's") {
  captured_log log;
  served_store s;
  REQUIRE(s.commit_one("51").has_value());
  { // another database, whole
    const temp_dir elsewhere;
    auto other = open_store({.url = "sqlite:" + s.dir.file("other.db"), .data_dir = elsewhere.path().string(), .vfs = {}});
    REQUIRE(other.has_value());
  }
  fs::rename(s.path, s.dir.file("moved.db"));
  fs::rename(s.dir.file("other.db"), s.path);
  REQUIRE(s.loss().has_value());
  s.close();
  CHECK_FALSE(fs::exists(s.path + "-wal"));
  const auto lines = log.lines("storage.lost");
  REQUIRE(lines.size() == 1);
  const std::string aside{lines.front().at("log_set_aside").as_string()};
  CHECK(fs::file_size(aside) > 0);
  {
    const auto engine = s.open();
    REQUIRE(engine.has_value());
    CHECK((*engine)->open_reader().value()->list({{}, 200, ""}).value().orders.empty());
  }
  // Together again they are what was committed.
  fs::rename(s.dir.file("moved.db"), s.path);
  fs::rename(aside, s.path + "-wal");
  const auto back = s.open();
  REQUIRE(back.has_value());
  CHECK((*back)->open_reader().value()->list({{}, 200, ""}).value().orders.size() == 1);
}

TEST_CASE("a log without its database is not thrown away by a start") {
  captured_log quiet;
  served_store s;
  REQUIRE(s.commit_one("51").has_value());
  fs::rename(s.path, s.dir.file("moved.db"));
  REQUIRE(s.loss().has_value());
  s.close();
  const auto size = fs::file_size(s.path + "-wal");
  CHECK(size > 0);
  const bool empty = GENERATE(false, true);
  if (empty)
    std::ofstream{s.path} << "";
  const auto refused = s.open();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::storage_unavailable);
  CHECK(has(refused.error(), s.path + "-wal"));
  CHECK(fs::file_size(s.path + "-wal") == size);
  fs::rename(s.dir.file("moved.db"), s.path);
  const auto again = s.open();
  REQUIRE(again.has_value());
  CHECK((*again)->open_reader().value()->list({{}, 200, ""}).value().orders.size() == 1);
}

TEST_CASE("a database of two names is told of at the start") {
  captured_log log;
  served_store s;
  CHECK(log.lines("storage.other_names").empty());
  s.close();
  fs::create_hard_link(s.path, s.dir.file("copy.db"));
  REQUIRE(s.open().has_value());
  CHECK(log.lines("storage.other_names").size() == 1);
}
