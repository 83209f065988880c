#include "config/secret_file.hpp"

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "config/text_rules.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <span>
#include <sys/stat.h>
#include <unistd.h>

namespace orderly {
namespace {

constexpr std::size_t size_limit = 1 << 20;

/// Of what is no file: a pipe whose writer keeps silent must not hold up a start, and even less the thread that hears signals.
constexpr std::chrono::seconds patience{2};

/// Bytes read, 0 at the end, or why not.
result<std::size_t> read_some(int from, std::span<char> into, std::chrono::steady_clock::time_point until) {
  for (;;) {
    const auto got = ::read(from, into.data(), into.size());
    if (got >= 0)
      return static_cast<std::size_t>(got);
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN)
      return error{error_code::bad_config, std::strerror(errno), {}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd ready{from, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0)
      return error{error_code::bad_config, "it is a pipe and nothing came through it within 2 s", {}};
  }
}

} // namespace

std::optional<file_text> read_file(const std::string& path, std::string& problem) {
  const auto failed = [&](const std::string& why) {
    problem = why;
    return std::nullopt;
  };
  const file_descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0)
    return failed(std::strerror(errno));
  if (S_ISDIR(status.st_mode))
    return failed("it is a folder");

  file_text read;
  char buffer[4096];
  const auto until = std::chrono::steady_clock::now() + patience;
  while (read.text.size() <= size_limit) {
    const auto got = read_some(file.get(), buffer, until);
    if (!got)
      return failed(got.error().message);
    if (*got == 0)
      break;
    read.text.append(buffer, *got);
  }
  if (read.text.size() > size_limit)
    return failed("it is larger than 1 MiB");
  read.readable_by_others = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777));
  read.mode = mode;
  return read;
}

std::optional<std::string> read_secret(const std::string& path, std::string& problem) {
  auto read = read_file(path, problem);
  if (!read)
    return std::nullopt;
  auto& text = read->text;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (read->readable_by_others)
    problem = "group or others can read it (mode " + read->mode + ")";
  else if (text.empty())
    problem = "it is empty";
  else if (const auto wrong = wrong_byte_of_secret(text); !wrong.empty())
    problem = "it has " + wrong;
  else
    return std::move(text);
  return std::nullopt;
}

} // namespace orderly
