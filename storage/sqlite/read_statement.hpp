#pragma once
// A statement of a reader, by the name under which tests look at its plan.

#include <string_view>

namespace orderly::sqlite {

struct read_statement {
  std::string_view name, sql;
};

} // namespace orderly::sqlite
