// migrate_store URL FOLDER: opens a store as the engine does, which migrates it, and closes it again. The lock lies in FOLDER.

#include "storage/store.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3)
    return 64;
  const auto opened = orderly::open_store({.url = argv[1], .data_dir = argv[2], .vfs = {}});
  if (!opened)
    std::fprintf(stderr, "%s\n", orderly::to_string(opened.error()).c_str());
  return opened ? 0 : 69;
}
