// Tokens and sessions: what lets somebody in, beside a running engine.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <algorithm>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

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

TEST_CASE("a session stands as it was written until it is ended, and its end is only ever moved away") {
  const auto db = fresh(GENERATE(from_range(backends())));
  REQUIRE(db->admin()->add_user({"admin", "admin", "$argon2id$x"}, {hash_of('a'), "admin", "admin"}).has_value());
  const auto writer = db->writer();
  const auto reader = std::move(db->store().open_access().value());
  const auto at = from_micros(1'789'482'600'123'456);
  REQUIRE(writer->open_session({hash_of('s'), "admin", hash_of('c'), at, at + 1h}).has_value());
  REQUIRE(writer->open_session({hash_of('t'), "admin", hash_of('d'), at + 1us, at + 2h}).has_value());
  const auto of = [&](char name) {
    auto all = reader->sessions().value();
    std::erase_if(all, [&](const auto& each) { return each.hash != hash_of(name); });
    return all;
  };
  REQUIRE(of('s').size() == 1);
  CHECK(of('s').front().user == "admin");
  CHECK(of('s').front().csrf_hash == hash_of('c'));
  CHECK(of('s').front().created_at == at);
  CHECK(of('s').front().until == at + 1h);
  REQUIRE(writer->extend_session(hash_of('s'), at + 90min).has_value());
  REQUIRE(writer->extend_session(hash_of('s'), at + 70min).has_value());
  CHECK(of('s').front().until == at + 90min);
  CHECK(of('t').front().until == at + 2h);
  REQUIRE(writer->end_session(hash_of('s')).has_value());
  CHECK(of('s').empty());
  CHECK(of('t').size() == 1);
  CHECK(writer->end_session(hash_of('s')).has_value());
  CHECK(writer->extend_session(hash_of('s'), at + 5h).has_value());
  CHECK(of('s').empty());
}

TEST_CASE("a session of nobody is refused; the next log-in forgets those that have ended") {
  const auto db = fresh(GENERATE(from_range(backends())));
  REQUIRE(db->admin()->add_user({"admin", "admin", "$argon2id$x"}, {hash_of('a'), "admin", "admin"}).has_value());
  const auto writer = db->writer();
  const auto reader = std::move(db->store().open_access().value());
  const auto at = from_micros(1'789'482'600'000'000);
  CHECK(writer->open_session({hash_of('s'), "nobody", hash_of('c'), at, at + 1h}).error().code == error_code::refused_by_store);
  REQUIRE(writer->open_session({hash_of('s'), "admin", hash_of('c'), at, at + 1h}).has_value());
  CHECK(writer->open_session({hash_of('s'), "admin", hash_of('c'), at, at + 1h}).error().code == error_code::refused_by_store);
  REQUIRE(writer->open_session({hash_of('t'), "admin", hash_of('d'), at + 1h - 1us, at + 2h}).has_value());
  CHECK(reader->sessions().value().size() == 2);
  REQUIRE(writer->open_session({hash_of('u'), "admin", hash_of('e'), at + 1h, at + 2h}).has_value());
  const auto left = reader->sessions().value();
  CHECK(left.size() == 2);
  CHECK(std::none_of(left.begin(), left.end(), [](const auto& each) { return each.hash == hash_of('s'); }));
}

TEST_CASE("users are read with what their password is checked against") {
  const auto db = fresh(GENERATE(from_range(backends())));
  REQUIRE(db->admin()->add_user({"admin", "admin", "$argon2id$x"}, {hash_of('a'), "admin", "admin"}).has_value());
  const auto users = db->store().open_access().value()->users().value();
  REQUIRE(users.size() == 1);
  CHECK(users.front().name == "admin");
  CHECK(users.front().role == "admin");
  CHECK(users.front().password_hash == "$argon2id$x");
}

TEST_CASE("a probe commits and changes nothing") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto before = db->scalar("select max(version) from schema_migrations");
  CHECK(writer->probe().has_value());
  CHECK(db->scalar("select max(version) from schema_migrations") == before);
}
