// Tokens and sessions in memory: who is let in while they change, here and elsewhere.
#include "net/access/live_access.hpp"

#include "net/access/secrets.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kept_access.hpp"
#include "tests/support/manual_clock.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

std::string added(live_access& to, role may = role::viewer) {
  result<std::string> token = std::string{};
  to.add_token("olga", may, [&](result<std::string> made) { token = std::move(made); });
  REQUIRE(token.has_value());
  return *token;
}

void revoke(live_access& from, const std::string& token) {
  bool done = false;
  from.revoke_token(secret_hash(token), [&](const result<void>& said) { done = said.has_value(); });
  REQUIRE(done);
}

new_login opened(live_access& to, const std::string& user = "olga") {
  result<new_login> session = new_login{};
  to.open_session(*to.find_user(user), [&](result<new_login> made) { session = std::move(made); });
  REQUIRE(session.has_value());
  return *session;
}

void end(live_access& in, const new_login& session) {
  bool done = false;
  in.end_session(session.id, [&](const result<void>& said) { done = said.has_value(); });
  REQUIRE(done);
}

bool lets_in(live_access& by, const new_login& session) { return by.find_session(session.id, session.csrf_token).has_value(); }

bool within(std::chrono::milliseconds patience, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(2ms);
  return holds();
}

} // namespace

TEST_CASE("a token lets in from the moment that its maker is told, as whom it was made for") {
  kept_access kept;
  manual_clock time;
  live_access here{kept, time, 1h};
  REQUIRE(here.start().has_value());
  CHECK_FALSE(here.find_token("orderly_x"));
  const auto token = added(here, role::op);
  const auto who = here.find_token(token);
  REQUIRE(who);
  CHECK(who->user == "olga");
  CHECK(who->role == role::op);
  CHECK_FALSE(here.find_token(token + "x"));
  CHECK_FALSE(here.find_token(""));
}

TEST_CASE("a revoked token is refused at once by the engine that revoked it, and within two seconds by every other") {
  kept_access kept;
  manual_clock time;
  live_access here{kept, time, 1h}, there{kept, time}; // as in the product
  REQUIRE(here.start().has_value());
  const auto token = added(here);
  REQUIRE(there.start().has_value());
  REQUIRE(there.find_token(token));
  revoke(here, token);
  CHECK_FALSE(here.find_token(token));
  CHECK(within(2s, [&] { return !there.find_token(token); }));
}

TEST_CASE("a token that is made elsewhere lets in before long") {
  kept_access kept;
  manual_clock time;
  live_access here{kept, time, 5ms}, there{kept, time, 1h};
  REQUIRE(here.start().has_value());
  const auto token = added(there);
  CHECK(within(5s, [&] { return here.find_token(token).has_value(); }));
}

TEST_CASE("what was read before a token was revoked does not bring it back") {
  kept_access kept;
  manual_clock time;
  live_access here{kept, time, 5ms};
  REQUIRE(here.start().has_value());
  const auto token = added(here);
  std::atomic<bool> revoked = false;
  kept.after_next_read([&] { // it has been read, and not yet been taken over
    revoke(here, token);
    revoked = true;
  });
  REQUIRE(within(5s, [&] { return revoked.load(); }));
  const int reads = kept.reads;
  for (bool let_in = false; kept.reads < reads + 3; let_in = here.find_token(token).has_value())
    REQUIRE_FALSE(let_in);
}

TEST_CASE("while the store cannot be read those that were read last count, and afterwards the present ones") {
  kept_access kept;
  manual_clock time;
  live_access here{kept, time, 2ms}, there{kept, time, 1h};
  REQUIRE(there.start().has_value());
  const auto token = added(there);
  REQUIRE(here.start().has_value());
  kept.broken = true;
  revoke(there, token);
  std::this_thread::sleep_for(20ms);
  CHECK(here.find_token(token));
  kept.broken = false;
  CHECK(within(5s, [&] { return !here.find_token(token); }));
}

TEST_CASE("without a first reading there is no start") {
  kept_access kept;
  manual_clock time;
  kept.broken = true;
  live_access here{kept, time};
  CHECK(here.start().error().code == error_code::storage_unavailable);
}

TEST_CASE("a session lets its user in with its own CSRF token, and with no other") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 1h};
  REQUIRE(here.start().has_value());
  const auto session = opened(here), other = opened(here);
  CHECK(session.id != other.id);
  CHECK(session.id != session.csrf_token);
  CHECK(session.id.size() == 43); // 256 bits
  const auto found = here.find_session(session.id, session.csrf_token);
  REQUIRE(found.has_value());
  CHECK(found->who.user == "olga");
  CHECK(found->who.role == role::op);
  CHECK(found->ends_at == time.now() + 12h);
  CHECK(here.find_session(session.id, other.csrf_token).error().code == error_code::forbidden);
  CHECK(here.find_session(session.id, "").error().code == error_code::forbidden);
  CHECK(here.find_session(session.csrf_token, session.csrf_token).error().code == error_code::unauthorized);
  CHECK(here.find_session("", "").error().code == error_code::unauthorized);
  CHECK_FALSE(here.find_token(session.id));
}

TEST_CASE("what is stored of a session opens nothing") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 1h};
  REQUIRE(here.start().has_value());
  const auto session = opened(here);
  const auto stored = kept.read().value().sessions.at(0);
  CHECK(stored.hash == secret_hash(session.id));
  CHECK(stored.csrf_hash == secret_hash(session.csrf_token));
  CHECK_FALSE(here.find_session(stored.hash, stored.csrf_hash).has_value());
}

TEST_CASE("a session ends after an hour in which nothing was done, and twelve hours after its log-in whatever was done") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 1h};
  REQUIRE(here.start().has_value());
  const auto idle = opened(here), busy = opened(here);
  const auto begun = time.now();
  time.advance(59min);
  CHECK(lets_in(here, busy));
  time.advance(1min);
  CHECK_FALSE(lets_in(here, idle));
  while (time.now() + 50min < begun + 12h) {
    CHECK(lets_in(here, busy));
    time.advance(50min);
  }
  CHECK(lets_in(here, busy));
  time.set(begun + 12h - 1us);
  CHECK(lets_in(here, busy));
  time.set(begun + 12h);
  CHECK_FALSE(lets_in(here, busy));
}

TEST_CASE("asking with a wrong CSRF token keeps no session alive") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 1h};
  REQUIRE(here.start().has_value());
  const auto session = opened(here);
  time.advance(59min);
  CHECK_FALSE(here.find_session(session.id, "forged").has_value());
  time.advance(1min);
  CHECK_FALSE(lets_in(here, session));
}

TEST_CASE("activity is written every five minutes at most, and what could not be written is written with the next request") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 1h};
  REQUIRE(here.start().has_value());
  const auto session = opened(here);
  for (int i = 0; i < 100; ++i) {
    time.advance(3s);
    REQUIRE(lets_in(here, session));
  }
  CHECK(kept.extensions == 1);
  CHECK(kept.read().value().sessions.at(0).until == time.now() + 60min);
  kept.read_only = true;
  time.advance(5min);
  REQUIRE(lets_in(here, session));
  kept.read_only = false;
  time.advance(1s);
  REQUIRE(lets_in(here, session));
  CHECK(kept.extensions == 3);
  CHECK(kept.read().value().sessions.at(0).until == time.now() + 60min);
}

TEST_CASE(
    "reading again forgets no activity; an engine that knows a session from the store alone ends it five minutes early at most") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 2ms};
  REQUIRE(here.start().has_value());
  const auto first = opened(here), second = opened(here);
  time.advance(4min + 59s);
  REQUIRE(lets_in(here, first));
  REQUIRE(lets_in(here, second));
  CHECK(kept.extensions == 0); // not worth a write
  live_access there{kept, time, 1h};
  REQUIRE(there.start().has_value());
  time.advance(55min);
  CHECK(lets_in(there, second));
  time.advance(4min);
  const int reads = kept.reads;
  REQUIRE(within(5s, [&] { return kept.reads > reads + 2; }));
  CHECK(lets_in(here, first));
}

TEST_CASE("a log-out ends a session at once here, and within two seconds on every other engine") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 1h}, there{kept, time}; // as in the product
  REQUIRE(here.start().has_value());
  const auto session = opened(here), other = opened(here);
  REQUIRE(there.start().has_value());
  REQUIRE(lets_in(there, session));
  end(here, session);
  CHECK_FALSE(lets_in(here, session));
  CHECK(within(2s, [&] { return !lets_in(there, session); }));
  CHECK(lets_in(here, other));
}

TEST_CASE("a disabled user's sessions let nobody in any more, and another role is in force for those that are open") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, "h"});
  live_access here{kept, time, 2ms};
  REQUIRE(here.start().has_value());
  const auto session = opened(here);
  kept.put_user({"olga", role::viewer, "h"});
  CHECK(within(5s, [&] { return here.find_session(session.id, session.csrf_token)->who.role == role::viewer; }));
  kept.drop_user("olga");
  CHECK(within(5s, [&] { return !lets_in(here, session); }));
}
