// What app/ asks at start.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

TEST_CASE("equal policies share a version, another one gets the next, and all survive a restart") {
  const auto db = fresh(GENERATE(from_range(backends())));
  policy changed;
  changed.auto_start = false;
  std::int64_t first = 0, second = 0;
  {
    const auto admin = db->admin();
    first = admin->remember_policy({}).value().version;
    CHECK(admin->remember_policy({}).value().version == first);
    const auto other = admin->remember_policy(changed).value();
    second = other.version;
    CHECK(second > first);
    CHECK_FALSE(other.auto_start);
  }
  db->restart();
  const auto admin = db->admin();
  CHECK(admin->remember_policy({}).value().version == first);
  CHECK(admin->remember_policy(changed).value().version == second);
  CHECK(db->scalar("select count(*) from policies") == "2");
}

TEST_CASE("shops are updated in place and their tokens are never stored") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const std::vector<shop> first{{shop_id{"7495"}, "US", "C1", "TTP_secret"}, {shop_id{"7496"}, "GB", "C2", "TTP_secret"}};
  REQUIRE(writer->upsert_shops(first).has_value());
  const std::vector<shop> second{{shop_id{"7495"}, "US", "C9", "TTP_secret"}};
  REQUIRE(writer->upsert_shops(second).has_value());
  CHECK(db->scalar("select count(*) from shops") == "2");
  CHECK(db->scalar("select cipher from shops where id = '7495'") == "C9");
  CHECK(db->scalar("select region from shops where id = '7496'") == "GB");
}

TEST_CASE("a user comes with a token, and a name is taken once") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto admin = db->admin();
  CHECK_FALSE(admin->has_users().value());
  REQUIRE(admin->add_user({"admin", "admin", "$argon2id$x"}, {std::string(64, 'a'), "admin", "admin"}).has_value());
  CHECK(admin->has_users().value());
  const auto tokens = admin->tokens().value();
  REQUIRE(tokens.size() == 1);
  CHECK(tokens.front().hash == std::string(64, 'a'));
  CHECK(tokens.front().user == "admin");
  CHECK(tokens.front().role == "admin");
  CHECK(admin->add_user({"admin", "viewer", "x"}, {std::string(64, 'b'), "admin", "viewer"}).error().code ==
        error_code::refused_by_store);
  CHECK(admin->tokens().value().size() == 1);
}
