#pragma once
// Statements that are known by name: to the query beside them, and to the tests of their plans.

#include <cstddef>
#include <string_view>

namespace orderly {

/// A name that is none does not compile.
template <class Statement, std::size_t count>
consteval const Statement& named(std::string_view name, const Statement (&among)[count]) {
  for (const auto& one : among)
    if (one.name == name)
      return one;
  throw "no statement has this name";
}

} // namespace orderly
