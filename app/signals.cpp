#include "app/signals.hpp"

#include <csignal>
#include <thread>
#include <unistd.h>

namespace orderly {
namespace {

sigset_t set_of(bool with_hangup) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (with_hangup) sigaddset(&set, SIGHUP);
  return set;
}

int wait_for(const sigset_t& set) {
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal;
}

} // namespace

void block_signals() {
  const auto set = set_of(true);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN); // a peer that went away is an error of that write
}

int next_signal() {
  return wait_for(set_of(true));
}

void end_at_next_signal() {
  std::thread{[] { _exit(128 + wait_for(set_of(false))); }}.detach();
}

} // namespace orderly
