#include "base/file_descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace orderly {

file_descriptor::~file_descriptor() {
  if (number_ >= 0)
    ::close(number_);
}

void sync_folder(const std::filesystem::path& folder) {
  const file_descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.get() >= 0)
    ::fsync(opened.get()); // some file systems cannot
}

} // namespace orderly
