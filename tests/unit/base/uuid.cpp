// UUIDs of version 7: well-formed, strictly increasing whatever the clock does, and their text reads back.
#include "base/uuid.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

std::int64_t millis_of(const uuid& id) {
  std::int64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i)
    millis = millis << 8 | id.bytes[i];
  return millis;
}

} // namespace

TEST_CASE("An id carries version 7, the variant of RFC 9562 and the time") {
  test::manual_clock time;
  uuid_v7_source ids{time, test::seed_of_run() | 1};
  const auto id = ids.next();
  CHECK(id.bytes[6] >> 4 == 7);
  CHECK(id.bytes[8] >> 6 == 2);
  CHECK(millis_of(id) == to_micros(time.now()) / 1000);
}

TEST_CASE("Ids increase strictly while the clock stands still, steps back and goes on") {
  test::manual_clock time;
  uuid_v7_source ids{time, test::seed_of_run() | 1};
  std::mt19937_64 random{test::seed_of_run()};
  auto last = ids.next();
  for (int i = 0; i < 50'000; ++i) {
    if (i % 5000 == 0) // once an hour back: as after a correction by NTP
      time.advance(i % 10'000 == 0 ? -1h : 1s);
    else if (random() % 100 == 0)
      time.advance(std::chrono::microseconds{random() % 3000});
    const auto id = ids.next();
    REQUIRE(last < id);
    REQUIRE(id.bytes[6] >> 4 == 7);
    REQUIRE(id.bytes[8] >> 6 == 2);
    last = id;
  }
}

TEST_CASE("Within one millisecond there are more ids than the counter holds") {
  test::manual_clock time;
  uuid_v7_source ids{time, 7};
  auto last = ids.next();
  for (int i = 0; i < 3 * 4096; ++i) {
    const auto id = ids.next();
    REQUIRE(last < id);
    last = id;
  }
  CHECK(millis_of(last) - to_micros(time.now()) / 1000 <= 4);
}

TEST_CASE("Several threads never get the same id") {
  system_clock time;
  uuid_v7_source ids{time};
  std::vector<std::vector<uuid>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < 2000; ++i)
        mine.push_back(ids.next());
    });
  for (auto& thread : threads)
    thread.join();
  std::set<uuid> all;
  for (const auto& mine : made) {
    CHECK(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  CHECK(all.size() == 8000);
}

TEST_CASE("One seed gives one sequence, another seed another") {
  test::manual_clock time;
  uuid_v7_source a{time, 5}, b{time, 5}, c{time, 6};
  const auto first = a.next();
  CHECK(first == b.next());
  CHECK(first != c.next());
}

TEST_CASE("The text of an id reads back, in either case") {
  test::manual_clock time;
  uuid_v7_source ids{time, test::seed_of_run() | 1};
  const auto id = ids.next();
  const auto text = to_string(id);
  CHECK(text.size() == 36);
  CHECK(uuid_from(text) == id);
  CHECK(to_string(*uuid_from("019505F8-2B8C-7A3E-9F00-0123456789AB")) == "019505f8-2b8c-7a3e-9f00-0123456789ab");
  CHECK(uuid{}.is_nil());
  CHECK_FALSE(id.is_nil());
}

TEST_CASE("What is not a UUID is none") {
  for (const auto* text : {"", "019505f8", "019505f82b8c7a3e9f000123456789ab", "019505f8-2b8c-7a3e-9f00-0123456789a",
                           "019505f8-2b8c-7a3e-9f00-0123456789abc", "019505f8-2b8c-7a3e-9f00-0123456789ag",
                           "019505f8x2b8c-7a3e-9f00-0123456789ab", "{19505f8-2b8c-7a3e-9f00-0123456789ab"}) {
    INFO(text);
    CHECK_FALSE(uuid_from(text).has_value());
  }
}
