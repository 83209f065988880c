// The first user of an installation, also where several engines start at a time.
#include "app/access.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

using namespace orderly;

namespace {

/// Users in memory; the user of another engine can come in just before ours.
class users_in_memory final : public store_admin {
public:
  result<policy> remember_policy(policy rules) override { return rules; }
  result<bool> has_users() override { return !all.empty(); }
  result<void> add_user(const stored_user&, const stored_token& token) override {
    if (another_comes_first)
      all.push_back({"of another engine", "admin", "admin"});
    if (fails_with == error_code::storage_outcome_unknown)
      all.push_back(token); // it was committed all the same
    if (fails_with)
      return error{*fails_with, "", {}};
    if (!all.empty())
      return error{error_code::refused_by_store, "duplicate key value violates users_pkey", {}};
    all.push_back(token);
    return {};
  }
  result<std::vector<stored_token>> tokens() override { return all; }
  result<std::vector<stored_session>> sessions() override { return std::vector<stored_session>{}; }
  result<std::vector<stored_user>> users() override { return std::vector<stored_user>{}; }

  std::vector<stored_token> all;
  bool another_comes_first = false;
  std::optional<error_code> fails_with;
};

struct start {
  test::temp_dir at;
  data_dir folder = data_dir::open(at.file("data")).value();
  users_in_memory users;

  [[nodiscard]] bool has(std::string_view name) const { return std::filesystem::exists(folder.file(name)); }
};

} // namespace

TEST_CASE("the first start makes a user, whose password and token are left in files") {
  start first;
  REQUIRE(ensure_first_user(first.users, first.folder).has_value());
  CHECK(first.users.all.size() == 1);
  CHECK(first.has(admin_password_file));
  CHECK(first.has(admin_token_file));
}

TEST_CASE("an engine whose user another one has made meanwhile starts, and leaves no files that would never work") {
  start second;
  second.users.another_comes_first = true;
  REQUIRE(ensure_first_user(second.users, second.folder).has_value());
  CHECK(second.users.all.size() == 1);
  CHECK_FALSE(second.has(admin_password_file));
  CHECK_FALSE(second.has(admin_token_file));
}

TEST_CASE("a user that may be stored, but nobody knows, keeps its files: they may be the only ones that work") {
  start alone;
  alone.users.fails_with = error_code::storage_outcome_unknown;
  CHECK_FALSE(ensure_first_user(alone.users, alone.folder).has_value());
  CHECK(alone.has(admin_password_file));
  CHECK(alone.has(admin_token_file));
  CHECK(ensure_first_user(alone.users, alone.folder).has_value()); // the next start
  CHECK(alone.has(admin_token_file));
}

TEST_CASE("a user that cannot be stored, while there is none, ends the start") {
  start alone;
  alone.users.fails_with = error_code::storage_unavailable;
  const auto made = ensure_first_user(alone.users, alone.folder);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == error_code::storage_unavailable);
}
