// The write-ahead log: who copies it into the database, and how long it gets.

#include "storage/sqlite/log_keeper.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/counting_vfs.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

constexpr std::int64_t page = 4096;
constexpr std::int64_t long_log = page * sqlite::log_keeper::long_log;

struct counted_store {
  temp_dir dir;
  counting_vfs disk{"counted"};
  std::unique_ptr<store> db = std::move(
      open_store({.url = "sqlite:" + dir.file("orderly.db"), .data_dir = dir.path().string(), .vfs = "counted"}).value());
  std::unique_ptr<store_writer> writer = std::move(db->open_writer().value());

  [[nodiscard]] std::int64_t log_size() const { return std::int64_t(std::filesystem::file_size(dir.file("orderly.db-wal"))); }

  /// Some 1 MB in each of so many transactions. Gives the log's greatest size.
  std::int64_t commit_much(int times) {
    std::int64_t longest = 0;
    for (; times > 0; --times) {
      std::vector<order_unit> batch;
      for (int i = 0; i < 10; ++i) {
        const auto name = std::to_string(next_++);
        batch.push_back(creation("57" + name, "w:" + name));
        batch.back().document = json::object{{"filler", std::string(100'000, 'x')}};
      }
      for (const auto& done : writer->commit(batch).value())
        REQUIRE(done.verdict == commit_verdict::committed);
      longest = std::max(longest, log_size());
      if (log_size() > long_log) // not faster than a slow disk can copy
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return longest;
  }

private:
  int next_ = 1000;
};

template <class Condition>
bool becomes(const Condition& holds, std::chrono::seconds within = std::chrono::seconds{20}) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!holds() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return holds();
}

} // namespace

TEST_CASE("no commit copies the log into the database, and the log stays bounded while commits go on") {
  counted_store s;
  const auto here = counting_vfs::database_writes_here(), all = counting_vfs::database_writes();
  const auto longest = s.commit_much(260); // three times what makes a log long
  std::cout << "log at most " << longest / page << " pages" << std::endl;
  CHECK(counting_vfs::database_writes_here() == here);
  CHECK(counting_vfs::database_writes() > all); // on another thread
  CHECK(longest < 2 * long_log);
}

TEST_CASE("while a reader needs an old state the log grows and nothing waits for it, and afterwards it begins anew") {
  counted_store s;
  s.commit_much(1);
  const auto raw = std::make_unique<sqlite::connection>(sqlite::database{s.dir.file("orderly.db"), ""}, sqlite::access::read);
  raw->run("begin; select count(*) from orders");
  s.commit_much(100);
  std::this_thread::sleep_for(std::chrono::milliseconds{700});
  const auto began = std::chrono::steady_clock::now();
  REQUIRE(commit(*s.writer, creation("99", "w:99")) == commit_verdict::committed);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{1}); // a busy handler would wait two
  CHECK(s.log_size() > long_log);
  raw->run("commit");
  CHECK(becomes([&] { return s.log_size() == 0; })); // nobody commits any more
}

TEST_CASE("an idle engine's log is emptied, and a short one is left alone") {
  counted_store s;
  REQUIRE(commit(*s.writer, creation("98", "w:98")) == commit_verdict::committed);
  s.commit_much(8);
  REQUIRE(s.log_size() > 1000 * page);
  CHECK(becomes([&] { return s.log_size() == 0; }));
  REQUIRE(commit(*s.writer, creation("99", "w:99")) == commit_verdict::committed);
  std::this_thread::sleep_for(std::chrono::milliseconds{1500});
  CHECK(s.log_size() > 0);
}
