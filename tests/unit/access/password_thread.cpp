// Passwords are hashed where nothing else has to wait.
#include "net/access/password_thread.hpp"

#include "net/access/secrets.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

/// Holds up the thread until it is let go.
struct hold {
  std::promise<void> begun, go;
  explicit hold(password_thread& of) {
    of.check("p", "no hash", [this](const result<bool>&) {
      begun.set_value();
      go.get_future().wait();
    });
    begun.get_future().wait();
  }
};

} // namespace

TEST_CASE("a password is hashed and checked on another thread") {
  password_thread passwords;
  std::promise<std::string> hashed;
  std::thread::id where;
  passwords.hash("correct horse", [&](result<std::string> hash) {
    where = std::this_thread::get_id();
    hashed.set_value(hash.value());
  });
  const auto hash = hashed.get_future().get();
  CHECK(where != std::this_thread::get_id());
  CHECK(hash.starts_with("$argon2id$"));
  for (const auto* tried : {"correct horse", "wrong horse"}) {
    std::promise<bool> right;
    passwords.check(tried, hash, [&](result<bool> said) { right.set_value(said.value()); });
    CHECK(right.get_future().get() == (std::string{tried} == "correct horse"));
  }
}

TEST_CASE("whoever finds the queue full is told so at once") {
  password_thread passwords{2};
  hold held{passwords};
  std::vector<std::promise<void>> waiting(2);
  for (auto& one : waiting)
    passwords.check("p", "no hash", [&one](const result<bool>&) { one.set_value(); });
  std::optional<error_code> said;
  passwords.hash("p", [&](const result<std::string>& hash) { said = hash.error().code; });
  CHECK(said == error_code::too_many_requests);
  held.go.set_value();
  for (auto& one : waiting)
    CHECK(one.get_future().wait_for(60s) == std::future_status::ready);
}

TEST_CASE("at the end whoever waits is told so") {
  std::optional<error_code> said;
  std::thread ending;
  {
    auto passwords = std::make_unique<password_thread>();
    hold held{*passwords};
    passwords->hash("p", [&](const result<std::string>& hash) { said = hash.error().code; });
    ending = std::thread{[going = std::move(passwords)]() mutable { going.reset(); }};
    std::this_thread::sleep_for(20ms); // it has emptied the queue, and waits for the one that is held
    held.go.set_value();
    ending.join();
  }
  CHECK(said == error_code::shutting_down);
}
