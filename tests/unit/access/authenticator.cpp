// Logging in: who gets a session, and what everybody else learns.
#include "net/access/authenticator.hpp"

#include "net/access/secrets.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kept_access.hpp"
#include "tests/support/manual_clock.hpp"

#include <chrono>
#include <future>
#include <string>
#include <vector>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

struct access_desk {
  access_desk() {
    kept.put_user({"olga", role::op, std::string{its_hash}});
    REQUIRE(live.start().has_value());
  }
  result<new_login> log_in(const std::string& name, const std::string& password) {
    std::promise<result<new_login>> told;
    who.log_in(name, password, [&](result<new_login> made) { told.set_value(std::move(made)); });
    return told.get_future().get();
  }

  kept_access kept;
  manual_clock time;
  live_access live{kept, time, 1h};
  authenticator who{live, [] { return false; }};
};

} // namespace

TEST_CASE("name and password give a session, a new one each time") {
  access_desk desk;
  const auto first = desk.log_in("olga", std::string{a_password}), second = desk.log_in("olga", std::string{a_password});
  REQUIRE((first.has_value() && second.has_value()));
  CHECK(first->id != second->id);
  CHECK(first->csrf_token != second->csrf_token);
  CHECK(desk.who.find_session(first->id, first->csrf_token)->who.user == "olga");
  CHECK(desk.kept.open_sessions() == 2);
}

TEST_CASE("a wrong name, a wrong password and a disabled user get the same answer") {
  access_desk desk;
  const auto wrong_password = desk.log_in("olga", "wrong"), wrong_name = desk.log_in("nobody", std::string{a_password});
  desk.kept.drop_user("olga");
  live_access later{desk.kept, desk.time, 1h};
  REQUIRE(later.start().has_value());
  CHECK_FALSE(later.find_user("olga"));
  for (const auto& refused : {wrong_password, wrong_name}) {
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == error_code::unauthorized);
    CHECK(refused.error().message == "The name or the password is wrong.");
    CHECK(refused.error().details.empty());
  }
  CHECK(desk.kept.open_sessions() == 0);
}

TEST_CASE("a user who is not there costs what a real one costs") {
  const auto real = password_hash("p").value();
  const auto parameters = [](std::string_view hash) { return hash.substr(0, hash.rfind('$', hash.rfind('$') - 1)); };
  CHECK(parameters(nobodys_hash()) == parameters(real));
  CHECK(nobodys_hash().size() == real.size());
  CHECK_FALSE(is_password("p", std::string{nobodys_hash()}));
}

TEST_CASE("a name that is not there is checked as often as one that is, against a hash of its own") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, std::string{its_hash}});
  live_access live{kept, time, 1h};
  REQUIRE(live.start().has_value());
  std::vector<std::string> checked;
  authenticator who{live, [] { return false; },
                    [&](const std::string&, const std::string& hash) {
                      checked.push_back(hash);
                      return hash == nobodys_hash(); // whatever it says of nobody's
                    }};
  for (const auto* name : {"olga", "nobody", "", "olga ", "OLGA"}) {
    std::promise<error_code> said;
    who.log_in(name, "p", [&](const result<new_login>& made) { said.set_value(made.error().code); });
    CHECK(said.get_future().get() == error_code::unauthorized);
  }
  REQUIRE(checked.size() == 5);
  CHECK(checked[0] == its_hash);
  for (std::size_t i = 1; i < checked.size(); ++i)
    CHECK(checked[i] == nobodys_hash());
}

TEST_CASE("when eight wait for the password thread the next is refused at once, whoever it is") {
  access_desk desk;
  std::promise<void> busy, go;
  desk.who.log_in("olga", std::string{a_password}, [&](const result<new_login>&) {
    busy.set_value();
    go.get_future().wait();
  });
  busy.get_future().wait(); // on its thread
  std::vector<std::promise<void>> waiting(8);
  for (auto& one : waiting)
    desk.who.log_in("olga", "wrong", [&one](const result<new_login>&) { one.set_value(); });
  CHECK(desk.log_in("nobody", "p").error().code == error_code::too_many_requests);
  CHECK(desk.log_in("olga", std::string{a_password}).error().code == error_code::too_many_requests);
  go.set_value();
  for (auto& one : waiting)
    one.get_future().wait();
}

TEST_CASE("a password that was changed while it waited to be checked lets nobody in") {
  kept_access kept;
  manual_clock time;
  kept.put_user({"olga", role::op, std::string{its_hash}});
  live_access live{kept, time, 2ms};
  REQUIRE(live.start().has_value());
  authenticator who{live, [] { return false; }};
  std::promise<void> busy, go;
  who.log_in("olga", std::string{a_password}, [&](const result<new_login>&) {
    busy.set_value();
    go.get_future().wait();
  });
  busy.get_future().wait();
  std::promise<result<new_login>> told;
  who.log_in("olga", std::string{a_password}, [&](result<new_login> made) { told.set_value(std::move(made)); });
  kept.put_user({"olga", role::op, "another"});
  for (const int reads = kept.reads; kept.reads < reads + 3;)
    std::this_thread::sleep_for(1ms);
  go.set_value();
  CHECK(told.get_future().get().error().code == error_code::unauthorized);
}
