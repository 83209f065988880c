#include "app/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace orderly {

void open_standard_streams() {
  int opened = 0;
  do // the lowest free one is taken each time
    opened = ::open("/dev/null", O_RDWR);
  while (opened >= 0 && opened <= STDERR_FILENO);
  if (opened > STDERR_FILENO)
    ::close(opened);
}

} // namespace orderly
