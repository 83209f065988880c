#pragma once
// Every statement of storage/*/statements.hpp. CMake makes the lists of the headers themselves (CMakeLists.txt), so that no test
// forgets one.

#include <span>
#include <string_view>

namespace orderly::test {

struct listed_statement {
  std::string_view name, sql;
};

std::span<const listed_statement> sqlite_statements();
std::span<const listed_statement> postgres_statements();

} // namespace orderly::test
