// Tokens over a real store: written by tasks, read on a connection of their own.
#include "app/access.hpp"
#include "net/access/live_tokens.hpp"
#include "net/access/secrets.hpp"
#include "tests/support/catch.hpp"
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
  REQUIRE(
      into->open_admin().value()->add_user({"admin", "admin", "$argon2id$x"}, {token_hash(first), "admin", "admin"}).has_value());
  lane_here lane{*into};
  const auto kept = std::move(stored_tokens::over(*into, lane).value()),
             elsewhere = std::move(stored_tokens::over(*into, lane).value());
  live_tokens here{*kept, 1h}, there{*elsewhere};
  REQUIRE(here.start().has_value());
  CHECK(here.find(first)->role == role::admin);

  std::string token;
  here.add("admin", role::op, [&](const result<std::string>& made) { token = made.value(); });
  CHECK(here.find(token)->role == role::op);
  REQUIRE(there.start().has_value());
  CHECK(there.find(token)->user == "admin");
  std::optional<error_code> refused;
  here.add("nobody", role::op, [&](const result<std::string>& made) { refused = made.error().code; });
  CHECK(refused == error_code::refused_by_store);

  here.revoke(token_hash(token), [](const result<void>& done) { CHECK(done.has_value()); });
  CHECK_FALSE(here.find(token));
  const auto end = std::chrono::steady_clock::now() + 2s;
  while (there.find(token) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(5ms);
  CHECK_FALSE(there.find(token));
  CHECK(there.find(first));
}
