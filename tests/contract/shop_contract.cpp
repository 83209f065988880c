// Leases on shops: one engine at a time does what must not be done twice.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <array>
#include <atomic>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

void know_shop(store_under_test& db, const std::string& id) {
  const shop one{shop_id{id}, "US", "C1", "TTP_secret"};
  REQUIRE(db.writer()->upsert_shops({&one, 1}).has_value());
}

shop_lease lease(const std::string& owner, timestamp now, std::chrono::seconds how_long = std::chrono::seconds{30}) {
  return {shop_id{"7495"}, owner, now, now + how_long};
}

} // namespace

TEST_CASE("one engine holds a shop, renews it, and nobody else gets it until the lease ends") {
  const auto db = fresh(GENERATE(from_range(backends())));
  know_shop(*db, "7495");
  const auto one = db->writer(), other = db->writer();
  CHECK(one->hold_shop(lease("a", at(0))).value());
  CHECK_FALSE(other->hold_shop(lease("b", at(29'999'999))).value());
  CHECK(one->hold_shop(lease("a", at(20'000'000))).value());
  CHECK_FALSE(other->hold_shop(lease("b", at(49'999'999))).value());
  CHECK(other->hold_shop(lease("b", at(50'000'000))).value());
  CHECK_FALSE(one->hold_shop(lease("a", at(50'000'001))).value());
}

TEST_CASE("a released shop is free at once, and only its holder can release it") {
  const auto db = fresh(GENERATE(from_range(backends())));
  know_shop(*db, "7495");
  const auto one = db->writer(), other = db->writer();
  REQUIRE(one->hold_shop(lease("a", at(0))).value());
  REQUIRE(other->release_shop(shop_id{"7495"}, "b").has_value());
  CHECK_FALSE(other->hold_shop(lease("b", at(1))).value());
  REQUIRE(one->release_shop(shop_id{"7495"}, "a").has_value());
  CHECK(other->hold_shop(lease("b", at(2))).value());
}

TEST_CASE("each shop has a lease of its own, and one that nobody knows has none") {
  const auto db = fresh(GENERATE(from_range(backends())));
  know_shop(*db, "7495");
  know_shop(*db, "7496");
  const auto one = db->writer(), other = db->writer();
  REQUIRE(one->hold_shop(lease("a", at(0))).value());
  CHECK(other->hold_shop({shop_id{"7496"}, "b", at(0), at(1)}).value());
  CHECK(one->hold_shop({shop_id{"7497"}, "a", at(0), at(1)}).error().code == error_code::not_found);
  CHECK(one->release_shop(shop_id{"7497"}, "a").has_value());
}

TEST_CASE("a lease outlives what upserts its shop") {
  const auto db = fresh(GENERATE(from_range(backends())));
  know_shop(*db, "7495");
  const auto one = db->writer(), other = db->writer();
  REQUIRE(one->hold_shop(lease("a", at(0))).value());
  const shop changed{shop_id{"7495"}, "GB", "C2", ""};
  REQUIRE(db->writer()->upsert_shops({&changed, 1}).has_value());
  CHECK_FALSE(other->hold_shop(lease("b", at(1))).value());
}

TEST_CASE("of engines that reach for a shop at one moment exactly one gets it, every time") {
  const auto db = fresh(GENERATE(from_range(backends())));
  know_shop(*db, "7495");
  constexpr int rounds = 25;
  std::array<std::unique_ptr<store_writer>, 3> writers;
  for (auto& w : writers)
    w = db->writer();
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> got{0}, failed{0};
    std::vector<std::thread> all;
    for (std::size_t me = 0; me < writers.size(); ++me)
      all.emplace_back([&, me] {
        const auto told = writers[me]->hold_shop(lease("engine-" + std::to_string(me), at(round * 60'000'000)));
        told ? got += *told : ++failed;
      });
    for (auto& t : all)
      t.join();
    CHECK(got == 1);
    CHECK(failed == 0);
  }
}
