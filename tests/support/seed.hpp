#pragma once
// Randomness of tests: a fresh seed a run, printed, or ORDERLY_SEED to repeat one.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace orderly::test {

inline std::uint64_t seed_of_run() {
  static const std::uint64_t seed = [] {
    const char* given = std::getenv("ORDERLY_SEED");
    const std::uint64_t value = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "ORDERLY_SEED=" << value << std::endl;
    return value;
  }();
  return seed;
}

} // namespace orderly::test
