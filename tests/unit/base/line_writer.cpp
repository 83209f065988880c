// Lines for a descriptor that may be stuck: whoever writes never waits, and what is missing is told of.
#include "base/line_writer.hpp"

#include "tests/support/catch.hpp"

#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

using namespace orderly;
using namespace std::chrono_literals;

namespace {

class small_pipe {
public:
  small_pipe() {
    REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0);
    ::fcntl(ends_[1], F_SETPIPE_SZ, 4096);
  }
  ~small_pipe() {
    close_reader();
    ::close(ends_[1]);
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0)
      ::close(ends_[0]);
    ends_[0] = -1;
  }
  /// Until `last` has been read.
  [[nodiscard]] std::string read_until(const std::string& last) const {
    std::string text;
    char buffer[4096];
    while (text.find(last) == std::string::npos) {
      const auto got = ::read(ends_[0], buffer, sizeof buffer);
      REQUIRE(got > 0);
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

  /// So that whoever writes into it stands still.
  void wait_until_full() const {
    for (int held = 0; held < 4'000; std::this_thread::sleep_for(1ms))
      REQUIRE(::ioctl(ends_[0], FIONREAD, &held) == 0);
  }

private:
  int ends_[2] = {-1, -1};
};

std::string missing(std::uint64_t lines) { return "missing " + std::to_string(lines); }

} // namespace

TEST_CASE("Lines come out whole and in their order") {
  small_pipe pipe;
  line_writer lines{pipe.writer(), 1 << 20, missing};
  for (int i = 0; i < 3; ++i)
    lines.write("line " + std::to_string(i));
  CHECK(lines.finish(10s));
  CHECK(pipe.read_until("line 2\n") == "line 0\nline 1\nline 2\n");
}

TEST_CASE("A pipe that nobody reads holds up nobody, and the lines that are missing are counted where they are missing") {
  small_pipe pipe;
  line_writer lines{pipe.writer(), 10'000, missing};
  const std::string text(99, 'x');
  constexpr int first = 60, count = 1'000; // 100 bytes each: more than the pipe, and more than the pipe and the queue hold
  for (int i = 0; i < first; ++i)
    lines.write(text);
  pipe.wait_until_full(); // else the queue has room again behind a line that was left out
  for (int i = first; i < count; ++i)
    lines.write(text);
  CHECK_FALSE(lines.finish(1ms));
  auto got = pipe.read_until("missing ");
  while (got.back() != '\n')
    got += pipe.read_until("\n");
  const auto kept = got.find("missing ") / (text.size() + 1);
  CHECK(got == [&] {
    std::string expected;
    for (std::size_t i = 0; i < kept; ++i)
      expected += text + '\n';
    return expected + missing(count - kept) + '\n';
  }());
  lines.write("after");
  CHECK(pipe.read_until("after\n") == "after\n");
  CHECK(lines.finish(10s));
}

TEST_CASE("A reader that has gone away ends nobody's waiting") {
  small_pipe pipe;
  std::signal(SIGPIPE, SIG_IGN);
  pipe.close_reader();
  line_writer lines{pipe.writer(), 10'000, missing};
  lines.write("nobody hears this");
  CHECK(lines.finish(10s));
}
