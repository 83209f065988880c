// Tokens: what lets somebody in, beside a running engine.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <algorithm>

using namespace orderly;
using namespace orderly::test;

namespace {

std::string hash_of(char c) { return std::string(64, c); }

std::vector<std::string> in_force(store_under_test& db) {
  std::vector<std::string> hashes;
  const auto reader = std::move(db.store().open_access().value());
  const auto found = reader->tokens().value();
  for (const auto& token : found)
    hashes.push_back(token.hash);
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

} // namespace

TEST_CASE("a token is in force from its commit to its revocation, for readers that are open already too") {
  const auto db = fresh(GENERATE(from_range(backends())));
  REQUIRE(db->admin()->add_user({"admin", "admin", "$argon2id$x"}, {hash_of('a'), "admin", "admin"}).has_value());
  const auto writer = db->writer();
  const auto reader = std::move(db->store().open_access().value());
  CHECK(reader->has_users().value());
  REQUIRE(writer->add_token({hash_of('b'), "admin", "viewer"}).has_value());
  REQUIRE(reader->tokens().value().size() == 2);
  REQUIRE(writer->revoke_token(hash_of('a')).has_value());
  const auto left = reader->tokens().value();
  REQUIRE(left.size() == 1);
  CHECK(left.front().hash == hash_of('b'));
  CHECK(left.front().user == "admin");
  CHECK(left.front().role == "viewer");
  CHECK(in_force(*db) == std::vector{hash_of('b')});
}

TEST_CASE("a token of nobody, and one that is stored already, are refused; one that is not in force cannot be revoked") {
  const auto db = fresh(GENERATE(from_range(backends())));
  REQUIRE(db->admin()->add_user({"admin", "admin", "$argon2id$x"}, {hash_of('a'), "admin", "admin"}).has_value());
  const auto writer = db->writer();
  CHECK(writer->add_token({hash_of('b'), "nobody", "viewer"}).error().code == error_code::refused_by_store);
  CHECK(writer->add_token({hash_of('a'), "admin", "viewer"}).error().code == error_code::refused_by_store);
  CHECK(writer->revoke_token(hash_of('b')).error().code == error_code::not_found);
  REQUIRE(writer->revoke_token(hash_of('a')).has_value());
  CHECK(writer->revoke_token(hash_of('a')).error().code == error_code::not_found);
  CHECK(writer->add_token({hash_of('a'), "admin", "viewer"}).error().code == error_code::refused_by_store);
  CHECK(in_force(*db).empty());
}

TEST_CASE("a probe commits and changes nothing") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto before = db->scalar("select max(version) from schema_migrations");
  CHECK(writer->probe().has_value());
  CHECK(db->scalar("select max(version) from schema_migrations") == before);
}
