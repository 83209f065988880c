#pragma once
// The engine as a program, apart from main(): a test's main runs the same with another SQLite VFS.

#include <functional>
#include <memory>
#include <string>

namespace orderly {

class store;

/// What a test's main may put between the engine and its disk.
struct run_options {
  std::string sqlite_vfs; ///< name of a registered VFS; empty: SQLite's own
  std::function<std::unique_ptr<store>(std::unique_ptr<store>)> wrap_store = nullptr;
};

/// From the command line to the exit code: starts, serves until SIGTERM, SIGINT or a failure of the engine, drains, ends. A
/// second such signal, or one during the start, ends at once.
int run_orderlyd(int argc, char** argv, const run_options& options);

} // namespace orderly
