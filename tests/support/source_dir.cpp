#include "tests/support/source_dir.hpp"

namespace orderly {

std::string source_file(const std::string& path) { return ORDERLY_SOURCE_DIR "/" + path; }

} // namespace orderly
