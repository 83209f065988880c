#include "config/secret_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>

namespace orderly {
namespace {

constexpr std::size_t size_limit = 1 << 20;

struct closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

std::optional<file_text> read_file(const std::string& path, std::string& problem) {
  const auto failed = [&](const std::string& why) {
    problem = why;
    return std::nullopt;
  };
  const std::unique_ptr<std::FILE, closer> file{std::fopen(path.c_str(), "rbe")};
  struct stat status {};
  if (!file || fstat(fileno(file.get()), &status) != 0)
    return failed(std::strerror(errno));
  if (S_ISDIR(status.st_mode))
    return failed("it is a folder");

  file_text read;
  char buffer[4096];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, file.get())) > 0 && read.text.size() <= size_limit;)
    read.text.append(buffer, got);
  if (std::ferror(file.get()))
    return failed(std::strerror(errno));
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
  else if (text.find_first_of(" \t\r\n") != std::string::npos)
    problem = "it holds more than one word";
  else
    return std::move(text);
  return std::nullopt;
}

} // namespace orderly
