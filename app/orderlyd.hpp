#pragma once
// The engine as a program, apart from main(): a test's main runs the same with another SQLite VFS.

#include <string>

namespace orderly {

struct run_options {
  std::string sqlite_vfs; ///< name of a registered VFS; empty: SQLite's own
};

/// From the command line to the exit code: starts, serves until SIGTERM or SIGINT, drains, ends. A second
/// such signal ends at once.
int run_orderlyd(int argc, char** argv, const run_options& options);

} // namespace orderly
