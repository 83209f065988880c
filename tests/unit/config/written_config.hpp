#pragma once
// Configurations that a test writes into files, and the one problem that each has.

#include "config/config.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace orderly::test {

struct files : temp_dir {
  std::string write(const std::string& name, const std::string& text, int mode = 0600) const {
    std::ofstream{file(name)} << text;
    std::filesystem::permissions(file(name), static_cast<std::filesystem::perms>(mode));
    return file(name);
  }
};

inline loaded_config load(const std::string& toml, int mode = 0600) {
  const files in;
  return load_config({in.write("orderly.toml", toml, mode), {}, {}});
}

inline config_problem the_problem_of(const loaded_config& loaded) {
  for (const auto& problem : loaded.problems)
    UNSCOPED_INFO(to_string(problem));
  REQUIRE(loaded.problems.size() == 1);
  return loaded.problems[0];
}

/// What a problem says apart from the file, whose random name may hold anything.
inline std::string said(config_problem problem) {
  problem.file.clear();
  return to_string(problem);
}

} // namespace orderly::test
