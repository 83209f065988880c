#include "app/data_dir.hpp"

#include "base/file_descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orderly {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool write_durably(const std::string& path, std::string_view text) {
  ::unlink(path.c_str()); // of an earlier crash; O_EXCL then makes sure that nobody else's file or link is
                          // followed
  const file_descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  return file.get() >= 0 && write_all(file.get(), text) && ::fsync(file.get()) == 0;
}

error refused(const std::filesystem::path& path, const std::string& why) {
  return {error_code::bad_config,
          "data_dir: found " + path.string() + ": " + why + "; allowed: a folder that this user can write",
          {}};
}

} // namespace

result<data_dir> data_dir::open(const std::string& path) {
  std::error_code failed;
  const auto folder = std::filesystem::absolute(path, failed).lexically_normal();
  std::filesystem::create_directories(folder.parent_path(), failed);
  if (failed)
    return refused(folder, failed.message());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return refused(folder, std::strerror(errno));
  if (!std::filesystem::is_directory(folder, failed))
    return refused(folder, failed ? failed.message() : "it is not a folder");
  const auto probe = (folder / ".orderlyd.probe").string();
  if (!write_durably(probe, ""))
    return refused(folder, std::strerror(errno));
  ::unlink(probe.c_str());
  return data_dir{folder};
}

result<void> data_dir::write(std::string_view name, std::string_view text) const {
  const auto whole = file(name), part = whole + ".part";
  if (!write_durably(part, text) || ::rename(part.c_str(), whole.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(part.c_str());
    return error{error_code::internal, "cannot write " + whole + ": " + why, {}};
  }
  sync_folder(path_);
  return {};
}

void data_dir::remove(std::string_view name) const { ::unlink(file(name).c_str()); }

} // namespace orderly
