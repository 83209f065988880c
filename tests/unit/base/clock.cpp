// Times as text: RFC 3339 in UTC, exact to the microsecond.
#include "base/clock.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"

#include <random>
#include <string>

using namespace orderly;

TEST_CASE("A time is written with microseconds and Z") {
  // date -u -d @1789482605 +%FT%TZ
  CHECK(to_rfc3339(from_micros(1'789'482'605'000'042)) == "2026-09-15T14:30:05.000042Z");
  CHECK(to_rfc3339(from_micros(0)) == "1970-01-01T00:00:00.000000Z");
  CHECK(to_rfc3339(from_micros(-1)) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("Any number of digits from none to six is read") {
  const auto base = from_micros(1'789'482'605'000'000);
  CHECK(from_rfc3339("2026-09-15T14:30:05Z") == base);
  CHECK(from_rfc3339("2026-09-15T14:30:05.5Z") == base + std::chrono::milliseconds{500});
  CHECK(from_rfc3339("2026-09-15T14:30:05.000042Z") == base + std::chrono::microseconds{42});
  CHECK(from_rfc3339("2024-02-29T00:00:00Z").has_value());
}

TEST_CASE("Every time reads back as it was") {
  std::mt19937_64 random{test::seed_of_run()};
  std::uniform_int_distribution<std::int64_t> micros{0, 253'402'300'799'999'999}; // to the end of the year 9999
  for (int i = 0; i < 2000; ++i) {
    const auto at = from_micros(micros(random));
    INFO(to_rfc3339(at));
    REQUIRE(from_rfc3339(to_rfc3339(at)) == at);
  }
}

TEST_CASE("What is no such time is refused") {
  const auto text =
      GENERATE(as<std::string>{}, "", "2026-09-15", "2026-09-15T14:30:05", "2026-09-15 14:30:05Z", "2026-09-15T14:30:05.Z",
               "2026-09-15T14:30:05.1234567Z", "2026-09-15T14:30:05+00:00", "2026-09-15T14:30:05z", "2026-13-01T00:00:00Z",
               "2026-00-01T00:00:00Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-09-15T24:00:00Z",
               "2026-09-15T14:60:00Z", "2026-09-15T14:30:61Z", "2026-9-15T14:30:05Z", "+026-09-15T14:30:05Z",
               "2026-09-15T14:30:-5Z", "2026-09-15T14:30:05Zx", " 2026-09-15T14:30:05Z", "2026- 9-15T14:30:05Z");
  INFO(text);
  CHECK_FALSE(from_rfc3339(text).has_value());
}

TEST_CASE("Seconds and microseconds convert both ways") {
  CHECK(to_seconds(from_seconds(1'789'482'605)) == 1'789'482'605);
  CHECK(to_micros(from_micros(-5)) == -5);
}
