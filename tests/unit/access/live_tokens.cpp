// API tokens in memory: who is let in while they change, here and elsewhere.
#include "net/access/live_tokens.hpp"

#include "net/access/secrets.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

/// Kept in memory, shared by the engines of a test.
class kept_tokens final : public token_store {
public:
  result<std::vector<api_token>> tokens() override {
    if (broken)
      return error{error_code::storage_unavailable, "the test says so", {}};
    std::vector<api_token> found;
    std::function<void()> meanwhile;
    {
      const std::lock_guard lock{mutex_};
      for (const auto& [hash, token] : all_)
        found.push_back(token);
      meanwhile.swap(after_read_);
    }
    ++reads;
    if (meanwhile)
      meanwhile();
    return found;
  }
  void add(api_token token, std::function<void(result<void>)> done) override {
    {
      const std::lock_guard lock{mutex_};
      all_[token.hash] = token;
    }
    done({});
  }
  void revoke(std::string hash, std::function<void(result<void>)> done) override {
    {
      const std::lock_guard lock{mutex_};
      all_.erase(hash);
    }
    done({});
  }

  /// Once, before what was read is given back.
  void after_next_read(std::function<void()> meanwhile) {
    const std::lock_guard lock{mutex_};
    after_read_ = std::move(meanwhile);
  }

  std::atomic<bool> broken = false;
  std::atomic<int> reads = 0;

private:
  std::mutex mutex_;
  std::function<void()> after_read_;
  std::map<std::string, api_token> all_;
};

std::string added(live_tokens& to, role may = role::viewer) {
  result<std::string> token = std::string{};
  to.add("olga", may, [&](result<std::string> made) { token = std::move(made); });
  REQUIRE(token.has_value());
  return *token;
}

void revoke(live_tokens& from, const std::string& token) {
  bool done = false;
  from.revoke(token_hash(token), [&](const result<void>& said) { done = said.has_value(); });
  REQUIRE(done);
}

bool within(std::chrono::milliseconds patience, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(2ms);
  return holds();
}

} // namespace

TEST_CASE("a token lets in from the moment that its maker is told, as whom it was made for") {
  kept_tokens kept;
  live_tokens here{kept, 1h};
  REQUIRE(here.start().has_value());
  CHECK_FALSE(here.find("orderly_x"));
  const auto token = added(here, role::op);
  const auto who = here.find(token);
  REQUIRE(who);
  CHECK(who->user == "olga");
  CHECK(who->role == role::op);
  CHECK_FALSE(here.find(token + "x"));
  CHECK_FALSE(here.find(""));
}

TEST_CASE("a revoked token is refused at once by the engine that revoked it, and within two seconds by every other") {
  kept_tokens kept;
  live_tokens here{kept, 1h}, there{kept}; // as in the product
  REQUIRE(here.start().has_value());
  const auto token = added(here);
  REQUIRE(there.start().has_value());
  REQUIRE(there.find(token));
  revoke(here, token);
  CHECK_FALSE(here.find(token));
  CHECK(within(2s, [&] { return !there.find(token); }));
}

TEST_CASE("a token that is made elsewhere lets in before long") {
  kept_tokens kept;
  live_tokens here{kept, 5ms}, there{kept, 1h};
  REQUIRE(here.start().has_value());
  const auto token = added(there);
  CHECK(within(5s, [&] { return here.find(token).has_value(); }));
}

TEST_CASE("what was read before a token was revoked does not bring it back") {
  kept_tokens kept;
  live_tokens here{kept, 5ms};
  REQUIRE(here.start().has_value());
  const auto token = added(here);
  std::atomic<bool> revoked = false;
  kept.after_next_read([&] { // it has been read, and not yet been taken over
    revoke(here, token);
    revoked = true;
  });
  REQUIRE(within(5s, [&] { return revoked.load(); }));
  const int reads = kept.reads;
  for (bool let_in = false; kept.reads < reads + 3; let_in = here.find(token).has_value())
    REQUIRE_FALSE(let_in);
}

TEST_CASE("while the store cannot be read those that were read last count, and afterwards the present ones") {
  kept_tokens kept;
  live_tokens here{kept, 2ms}, there{kept, 1h};
  REQUIRE(there.start().has_value());
  const auto token = added(there);
  REQUIRE(here.start().has_value());
  kept.broken = true;
  revoke(there, token);
  std::this_thread::sleep_for(20ms);
  CHECK(here.find(token));
  kept.broken = false;
  CHECK(within(5s, [&] { return !here.find(token); }));
}

TEST_CASE("without a first reading there is no start") {
  kept_tokens kept;
  kept.broken = true;
  live_tokens here{kept};
  CHECK(here.start().error().code == error_code::storage_unavailable);
}
