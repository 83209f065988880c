// Signals that come while the engine starts, each in a process of its own.
#include "app/signals.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

constexpr int served = 7; ///< the signal came to next_signal()

/// A start that takes as long as asked, then a service. It says when it has begun.
[[noreturn]] void start_and_serve(int begun, std::chrono::microseconds takes) {
  ::alarm(5); // a signal that is lost
  block_signals();
  {
    const end_while_starting ends_at_a_signal;
    const bool told = ::write(begun, "x", 1) == 1;
    if (told)
      std::this_thread::sleep_for(takes);
  }
  const int signal = next_signal();
  _exit(signal == SIGTERM || signal == SIGINT ? served : 1);
}

/// The exit code, or minus the signal that killed it.
int ends_with(std::chrono::microseconds start_takes, std::chrono::microseconds signal_after, int number = SIGTERM) {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0)
    start_and_serve(pipe[1], start_takes);
  char begun = 0;
  CHECK(::read(pipe[0], &begun, 1) == 1);
  std::this_thread::sleep_for(signal_after);
  ::kill(child, number);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace

TEST_CASE("a signal during the start ends the process at once, one after it is taken by who serves") {
  CHECK(ends_with(10s, 0us) == 128 + SIGTERM);
  CHECK(ends_with(0us, 200ms) == served);
}

TEST_CASE("a signal that comes just as the start ends is not lost") {
  for (int i = 0; i < 300; ++i) {
    const int number = i % 2 == 0 ? SIGTERM : SIGINT;
    const int ended = ends_with(1000us, std::chrono::microseconds{850 + i}, number);
    CHECK((ended == served || ended == 128 + number));
  }
}
