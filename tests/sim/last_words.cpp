#include "tests/sim/last_words.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <thread>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace orderly::sim {
namespace {

constexpr std::string_view opening = "\nFAILED the simulator ended in the middle of seed ", middle = ": ",
                           again = "\n  again: sim_test --seed ", closing = " -v\n";

std::array<char, 24> seed_text; // of the seed that is being played; written before `playing`
std::atomic<std::size_t> seed_length = 0;
std::atomic<bool> playing = false;
std::atomic<std::int64_t> began = 0;   // seconds of the steady clock
std::array<char, 65'536> signal_stack; // the usual one may be what overflowed

/// Only what a signal handler may do. Says it once a seed.
void say(std::string_view why) {
  if (!playing.exchange(false))
    return;
  const std::string_view seed{seed_text.data(), seed_length};
  for (const auto part : {opening, seed, middle, why, again, seed, closing})
    if (::write(STDOUT_FILENO, part.data(), part.size()) < 0)
      return;
}

std::string_view name_of(int number) {
  switch (number) {
  case SIGABRT: return "SIGABRT";
  case SIGBUS: return "SIGBUS";
  case SIGFPE: return "SIGFPE";
  case SIGILL: return "SIGILL";
  default: return "SIGSEGV";
  }
}

/// The handler was for once: the signal itself then ends the process as it would have.
void on_signal(int number) {
  say(name_of(number));
  std::raise(number);
}

void handle(int number) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND);
  ::sigaction(number, &action, nullptr);
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// On a thread of its own: ThreadSanitizer keeps an alarm's signal from a loop that makes no system call.
void watch(std::chrono::seconds patience) {
  for (;;) {
    std::this_thread::sleep_for(std::chrono::seconds{1});
    if (playing && now() - began > patience.count()) {
      say("it hangs");
      std::abort();
    }
  }
}

} // namespace

void arm_last_words(std::chrono::seconds patience) {
  const stack_t apart{.ss_sp = signal_stack.data(), .ss_flags = 0, .ss_size = signal_stack.size()};
  ::sigaltstack(&apart, nullptr);
  handle(SIGABRT);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  __sanitizer_set_death_callback([] { say("a sanitizer's report"); }); // their handlers of the others call it too
#else
  for (const int number : {SIGBUS, SIGFPE, SIGILL, SIGSEGV})
    handle(number);
#endif
  if (patience.count() > 0)
    std::thread{watch, patience}.detach();
}

being_played::being_played(std::uint64_t seed) {
  const auto [end, ec] = std::to_chars(seed_text.data(), seed_text.data() + seed_text.size(), seed);
  seed_length = static_cast<std::size_t>(end - seed_text.data());
  began = now();
  playing = true;
}

being_played::~being_played() {
  if (std::uncaught_exceptions() > 0)
    say("an exception");
  playing = false;
}

} // namespace orderly::sim

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// UBSan has a runtime of its own, which does not know of the callback; after a race ThreadSanitizer goes on.
extern "C" void __ubsan_on_report() { orderly::sim::say("undefined behaviour"); }
extern "C" void __tsan_on_report(void*) { orderly::sim::say("a race"); }
#endif
