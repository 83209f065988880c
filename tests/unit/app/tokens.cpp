// Tokens and sessions over a real store: written by tasks, read on a connection of their own.
#include "app/access.hpp"
#include "net/access/live_access.hpp"
#include "net/access/secrets.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <thread>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

/// A lane on the caller's thread.
struct lane_here final : task_port {
  explicit lane_here(store& into) : writer(std::move(into.open_writer().value())) {}
  void run(task_ptr what, std::function<void(std::optional<error>)> done) override {
    (void)what->run(*writer);
    done(std::nullopt);
  }
  std::unique_ptr<store_writer> writer;
};

} // namespace

TEST_CASE("a token is stored by its hash, lets in, and is refused once it is revoked, here and on the next engine") {
  test::temp_dir at;
  const auto into = std::move(open_store({.url = "sqlite:" + at.file("db"), .data_dir = at.path().string(), .vfs = {}}).value());
  const auto first = random_token();
  REQUIRE(into->open_admin()
              .value()
              ->add_user({"admin", "admin", "$argon2id$x"}, {secret_hash(first), "admin", "admin"})
              .has_value());
  lane_here lane{*into};
  const system_clock time;
  const auto kept = std::move(stored_access::over(*into, lane).value()),
             elsewhere = std::move(stored_access::over(*into, lane).value());
  live_access here{*kept, time, 1h}, there{*elsewhere, time};
  REQUIRE(here.start().has_value());
  CHECK(here.find_token(first)->role == role::admin);

  std::string token;
  here.add_token("admin", role::op, [&](const result<std::string>& made) { token = made.value(); });
  CHECK(here.find_token(token)->role == role::op);
  REQUIRE(there.start().has_value());
  CHECK(there.find_token(token)->user == "admin");
  std::optional<error_code> refused;
  here.add_token("nobody", role::op, [&](const result<std::string>& made) { refused = made.error().code; });
  CHECK(refused == error_code::refused_by_store);

  here.revoke_token(secret_hash(token), [](const result<void>& done) { CHECK(done.has_value()); });
  CHECK_FALSE(here.find_token(token));
  const auto end = std::chrono::steady_clock::now() + 2s;
  while (there.find_token(token) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(5ms);
  CHECK_FALSE(there.find_token(token));
  CHECK(there.find_token(first));
}

TEST_CASE("a session survives the engine that opened it, by its hashes only, and is gone from the store after its log-out") {
  test::temp_dir at;
  test::manual_clock time;
  const auto into = std::move(open_store({.url = "sqlite:" + at.file("db"), .data_dir = at.path().string(), .vfs = {}}).value());
  REQUIRE(into->open_admin().value()->add_user({"admin", "admin", "h"}, {secret_hash("t"), "admin", "admin"}).has_value());
  lane_here lane{*into};
  new_login session;
  {
    const auto kept = std::move(stored_access::over(*into, lane).value());
    live_access before{*kept, time, 1h};
    REQUIRE(before.start().has_value());
    before.open_session(*before.find_user("admin"), [&](const result<new_login>& made) { session = made.value(); });
    time.advance(30min);
    REQUIRE(before.find_session(session.id, session.csrf_token).has_value());
  }
  const auto kept = std::move(stored_access::over(*into, lane).value());
  live_access after{*kept, time, 1h};
  REQUIRE(after.start().has_value());
  time.advance(59min);
  const auto found = after.find_session(session.id, session.csrf_token);
  REQUIRE(found.has_value());
  CHECK(found->who.role == role::admin);
  CHECK(found->ends_at == session.session.ends_at);
  after.end_session(session.id, [](const result<void>& done) { CHECK(done.has_value()); });
  CHECK_FALSE(after.find_session(session.id, session.csrf_token).has_value());
  CHECK(kept->read().value().sessions.empty());
}
