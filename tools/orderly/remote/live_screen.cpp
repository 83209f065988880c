#include "tools/orderly/remote/live_screen.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace orderly {
namespace {

constexpr std::string_view hide_cursor = "\x1b[?25l", clear_screen = "\x1b[2J", home = "\x1b[H", clear_line = "\x1b[K",
                           clear_below = "\x1b[J", show_cursor = "\x1b[?25h\n";

constexpr std::array heard{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP};
constexpr std::array faults{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

sigset_t heard_signals() {
  sigset_t all;
  sigemptyset(&all);
  for (const int one : heard)
    sigaddset(&all, one);
  return all;
}

[[noreturn]] void no_descriptor(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

/// Only what a signal handler may do; then the fault ends the program as it would have.
void restore_and_die(int signal) {
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, show_cursor.data(), show_cursor.size());
  ::raise(signal);
}

void on_faults(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int one : faults)
    ::sigaction(one, &action, nullptr);
}

} // namespace

live_screen::live_screen() { on_faults(restore_and_die); }

live_screen::~live_screen() {
  try {
    leave();
  } catch (...) { // the terminal has gone
  }
  on_faults(SIG_DFL);
}

void live_screen::draw(const view::lines& page) {
  std::string out;
  if (!std::exchange(drawing_, true))
    (out += hide_cursor) += clear_screen;
  out += home;
  const auto height = std::min(page.size(), size_of_screen().height);
  for (std::size_t i = 0; i < height; ++i)
    ((out += i == 0 ? "" : "\r\n") += page[i]) += clear_line;
  put(out += clear_below);
}

void live_screen::leave() {
  if (std::exchange(drawing_, false))
    put(show_cursor);
}

wake_source::wake_source() {
  const auto all = heard_signals();
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  signals_ = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0)
    no_descriptor("signalfd");
  notes_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (notes_ < 0)
    no_descriptor("eventfd");
}

wake_source::~wake_source() {
  ::close(signals_);
  ::close(notes_);
  const auto all = heard_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
}

void wake_source::notify() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(notes_, &one, sizeof one);
}

wake_source::wake wake_source::wait_until(std::chrono::steady_clock::time_point limit) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
  std::array<pollfd, 2> on{{{signals_, POLLIN, 0}, {notes_, POLLIN, 0}}};
  ::poll(on.data(), on.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  signalfd_siginfo came{};
  if (::read(signals_, &came, sizeof came) == sizeof came) {
    const auto signal = static_cast<int>(came.ssi_signo);
    const auto why = signal == SIGWINCH ? reason::resized : signal == SIGTSTP ? reason::suspended : reason::ended;
    return {why, why == reason::ended ? signal : 0};
  }
  std::uint64_t count = 0;
  return {::read(notes_, &count, sizeof count) == sizeof count ? reason::other_thread : reason::time, 0};
}

void wake_source::suspend() { ::raise(SIGSTOP); }

} // namespace orderly
