#include "storage/engine_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace orderly {
namespace {

error unavailable(std::string message) { return {error_code::storage_unavailable, std::move(message), {}}; }

std::string holder_in(int fd) {
  std::array<char, 32> text{};
  const auto length = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string pid{text.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid.empty() ? "another process" : "process " + pid;
}

void write_holder(int fd) {
  const auto text = std::to_string(::getpid()) + "\n";
  // Only for the message to a second engine, so a failure to write it changes nothing.
  if (::ftruncate(fd, 0) == 0) [[maybe_unused]]
    const auto written = ::pwrite(fd, text.data(), text.size(), 0);
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
  return take_file((std::filesystem::path{data_dir} / "orderlyd.lock").string());
}

result<engine_lock> engine_lock::take_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    return unavailable("the folder of " + path + " is not writable: " + std::strerror(errno));
  engine_lock lock{fd};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return unavailable("the data is in use: " + holder_in(fd) + " holds " + path + "; one engine at a time");
    return unavailable(path + " cannot be locked: " + std::strerror(errno));
  }
  write_holder(fd);
  return lock;
}

engine_lock::engine_lock(engine_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

engine_lock::~engine_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

} // namespace orderly
