#pragma once
// The flags of orderlyd. CLI11 stays inside the source file.

#include "base/exit_code.hpp"
#include "config/config.hpp"

#include <cstdint>
#include <optional>

namespace orderly {

struct command_line {
  config_sources sources; ///< the file, ORDERLY_* of the environment, flags
  bool check_config = false, print_config = false, print_schema = false;
  std::int64_t schema_version = 0; ///< of print_schema: from there
  std::optional<exit_code> ends; ///< --help, --version or bad usage: already printed
};
command_line read_command_line(int argc, char** argv);

} // namespace orderly
