#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <stdexcept>

namespace orderly::test {

temp_dir::temp_dir() {
  auto pattern = (std::filesystem::temp_directory_path() / "orderly-test-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error("cannot create a temporary folder: " + pattern);
  path_ = pattern;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace orderly::test
