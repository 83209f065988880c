// The shop directory: what is found changes at once, what was found does not.

#include "net/tiktok/shop_table.hpp"

#include "tests/support/catch.hpp"

#include <atomic>
#include <thread>

using namespace orderly;

namespace {

shop named(const std::string& id, const std::string& token = "TOKEN", timestamp since = {}) {
  return {shop_id{id}, "GB", "CIPHER", token, "app", since};
}

} // namespace

TEST_CASE("a shop is found from the moment it is put there, and as it was then") {
  shop_table table;
  CHECK(table.obstacle_to(shop_id{"1"}) == shop_obstacle::not_connected);
  table.put(named("1"));
  const auto before = table.find(shop_id{"1"});
  REQUIRE(before);
  CHECK_FALSE(table.obstacle_to(shop_id{"1"}));
  auto expired = named("1", "OTHER");
  expired.obstacle = shop_obstacle::token_expired;
  table.put(expired);
  CHECK(table.obstacle_to(shop_id{"1"}) == shop_obstacle::token_expired);
  CHECK(table.find(shop_id{"1"})->access_token == "OTHER");
  CHECK(before->access_token == "TOKEN");
  table.remove(shop_id{"1"});
  CHECK_FALSE(table.find(shop_id{"1"}));
  CHECK(before->access_token == "TOKEN"); // whoever found it keeps it
}

TEST_CASE("shops are replaced as a whole, and who was connected stays so since then") {
  const auto at = [](std::int64_t micros) { return from_micros(micros); };
  shop_table table{{named("1", "A", at(10)), named("2", "B", at(10))}};
  table.replace({named("2", "C", at(20)), named("3", "D", at(20))});
  CHECK_FALSE(table.find(shop_id{"1"}));
  CHECK(table.find(shop_id{"2"})->access_token == "C");
  CHECK(table.find(shop_id{"2"})->connected_since == at(10));
  CHECK(table.find(shop_id{"3"})->connected_since == at(20));
  table.replace({named("1", "A", at(30))});
  CHECK(table.find(shop_id{"1"})->connected_since == at(30));
}

TEST_CASE("while some change shops and others look, no change is lost and nothing is seen in part") {
  constexpr int writers = 4, changes = 500;
  shop_table table;
  std::atomic<bool> over = false;
  std::atomic<int> torn = 0;
  std::vector<std::jthread> readers, changing;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      while (!over) {
        const auto all = table.now();
        for (const auto& [id, one] : *all)
          torn += one.access_token != one.cipher;
      }
    });
  for (int w = 0; w < writers; ++w)
    changing.emplace_back([&, w] {
      for (int i = 0; i < changes; ++i) {
        auto one = named(std::to_string(w), std::to_string(i));
        one.cipher = one.access_token;
        table.put(one);
        table.put({shop_id{std::to_string(w) + "-" + std::to_string(i)}, "", "", ""});
        if (i % 2 == 0)
          table.remove(shop_id{std::to_string(w) + "-" + std::to_string(i)});
      }
    });
  changing.clear(); // joins
  over = true;
  readers.clear();
  CHECK(torn == 0);
  CHECK(table.now()->size() == std::size_t{writers * (1 + changes / 2)});
  for (int w = 0; w < writers; ++w)
    CHECK(table.find(shop_id{std::to_string(w)})->access_token == std::to_string(changes - 1));
}

TEST_CASE("each reason why a shop cannot be called has a name") {
  CHECK(name_of(shop_obstacle::not_connected) == "not_connected");
  CHECK(name_of(shop_obstacle::token_expired) == "token_expired");
  CHECK(name_of(shop_obstacle::deauthorized) == "deauthorized");
  CHECK(name_of(shop_obstacle::inactive) == "inactive");
}
