#include "storage/engine_lock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utility>

namespace orderly {
namespace {

constexpr std::size_t longest_holder = 31; // a process's id and a line's end

error unavailable(std::string message) { return {error_code::storage_unavailable, std::move(message), {}}; }

std::string holder_in(int fd) {
  std::array<char, longest_holder> text{};
  const auto length = ::pread(fd, text.data(), text.size(), 0);
  std::string pid{text.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid;
}

/// Who has the flock on it, as the kernel says: nobody where it does not, in another namespace of processes for one.
std::string holder_of(const struct stat& file) {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "%02x:%02x:%llu", major(file.st_dev), minor(file.st_dev),
                static_cast<unsigned long long>(file.st_ino));
  std::ifstream locks{"/proc/locks"};
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words{line};
    std::string number, kind, advisory, how, pid, of;
    if (words >> number >> kind >> advisory >> how >> pid >> of && kind == "FLOCK" && of == name.data())
      return pid;
  }
  return {};
}

error in_use(const std::string& path, const std::string& pid) {
  return unavailable("the data is in use: " + (pid.empty() ? "another process" : "process " + pid) + " holds " + path +
                     "; one engine at a time");
}

/// Empty: it is an engine's. A link or somebody's notes are neither written to nor cut short.
std::string why_no_lock_file(int fd) {
  struct stat file {};
  if (::fstat(fd, &file) != 0)
    return std::strerror(errno);
  if (!S_ISREG(file.st_mode))
    return "it is no regular file";
  const auto pid = holder_in(fd);
  const bool digits = std::all_of(pid.begin(), pid.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && file.st_size <= static_cast<off_t>(longest_holder) ? "" : "it holds something else than a process's id";
}

/// Another user's, or one of several names: a copy of the folder that was made of hard links has the same file.
bool is_shared(int fd) {
  struct stat file {};
  return ::fstat(fd, &file) == 0 && (file.st_uid != ::geteuid() || file.st_nlink != 1);
}

void write_holder(int fd) {
  const auto text = std::to_string(::getpid()) + "\n";
  // Only for the message to a second engine, so a failure to write it changes nothing.
  if (::ftruncate(fd, 0) == 0) [[maybe_unused]]
    const auto written = ::pwrite(fd, text.data(), text.size(), 0);
}

bool lock(int fd) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0)
    if (errno != EINTR)
      return false;
  return true;
}

} // namespace

result<engine_lock> engine_lock::take(const std::string& data_dir) {
  if (data_dir.empty())
    return error{error_code::bad_config, "data_dir is empty; it must name a folder that this process can write", {}};
  std::error_code ec;
  std::filesystem::create_directories(data_dir, ec);
  if (ec)
    return unavailable("the data folder " + data_dir + " cannot be created: " + ec.message() +
                       "; data_dir must name a folder that this process can write");
  const auto path = (std::filesystem::path{data_dir} / "orderlyd.lock").string();
  const auto no_lock_file = [&path](const std::string& why) {
    return unavailable(path + " is no lock file of an engine: " + why + "; remove it, or choose another data_dir");
  };
  for (bool anew = false;; anew = true) {
    // Without waiting, should it be a pipe.
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | (anew ? O_EXCL : 0) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == ELOOP || errno == EISDIR))
      return no_lock_file(errno == ELOOP ? "it is a link" : "it is a folder");
    if (fd < 0)
      return unavailable("the lock file " + path + " cannot be opened: " + std::strerror(errno));
    engine_lock held{fd};
    if (const auto why = why_no_lock_file(fd); !why.empty())
      return no_lock_file(why);
    if (!lock(fd)) {
      if (errno == EWOULDBLOCK)
        return in_use(path, holder_in(fd));
      return unavailable(path + " cannot be locked: " + std::strerror(errno));
    }
    if (anew || !is_shared(fd)) { // a file system may give every file to one user
      write_holder(fd);
      return held;
    }
    if (::unlink(path.c_str()) != 0)
      return unavailable("the lock file " + path + " cannot be made anew: " + std::strerror(errno));
  }
}

result<engine_lock> engine_lock::take_database(const std::string& path) {
  for (;;) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
      return unavailable("the database " + path + " cannot be opened: " + std::strerror(errno));
    engine_lock held{fd};
    struct stat opened {
    }, named{};
    if (::fstat(fd, &opened) != 0 || !S_ISREG(opened.st_mode))
      return unavailable("the database " + path + " is no regular file");
    if (!lock(fd)) {
      if (errno == EWOULDBLOCK)
        return in_use("the database " + path, holder_of(opened));
      return unavailable("the database " + path + " cannot be locked: " + std::strerror(errno));
    }
    // Put in place of it between the two: a restore, say.
    if (::stat(path.c_str(), &named) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
      return held;
  }
}

engine_lock::engine_lock(engine_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

engine_lock::~engine_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

} // namespace orderly
