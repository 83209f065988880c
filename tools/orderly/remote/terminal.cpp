#include "tools/orderly/remote/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <poll.h>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace orderly {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::size_t number_in(const char* name, std::size_t otherwise) {
  const auto text = environment(name);
  const bool good = !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
  return good && std::stoul(text) > 0 ? std::stoul(text) : otherwise;
}

void wait_for_room() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  ::poll(&output, 1, -1);
}

std::string text_of(const view::lines& page) {
  std::string out;
  for (const auto& line : page)
    (out += line) += '\n';
  return out;
}

} // namespace

screen_size size_of_screen() {
  winsize said{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &said) == 0;
  return {known && said.ws_col > 0 ? said.ws_col : number_in("COLUMNS", 80),
          known && said.ws_row > 0 ? said.ws_row : number_in("LINES", 24)};
}

bool speaks_utf8() {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (auto value = environment(name); !value.empty()) {
      std::transform(value.begin(), value.end(), value.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
    }
  return false;
}

bool is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool can_draw() {
  const auto term = environment("TERM");
  return is_terminal() && !term.empty() && term != "dumb" && term != "unknown" && environment("NO_COLOR").empty();
}

view::style style_of_output() {
  view::style out;
  out.bounded = is_terminal();
  out.width = std::max<std::size_t>(size_of_screen().width, 2);
  out.utf8 = speaks_utf8();
  out.now = system_clock{}.now();
  return out;
}

void put(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EPIPE)
      throw output_closed{};
    else if (errno == EAGAIN) // somebody has made it non-blocking for all who share it
      wait_for_room();
    else if (errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "standard output cannot be written"};
  }
}

void put(const view::lines& page) { put(text_of(page)); }

void complain_text(std::string_view left) {
  while (!left.empty()) {
    const auto written = ::write(STDERR_FILENO, left.data(), left.size());
    if (written < 0 && errno != EINTR)
      return;
    left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
}
void complain(const view::lines& page) { complain_text(text_of(page)); }

} // namespace orderly
