#pragma once
// What a test reads of the engine's metrics: one that nobody has registered fails the test instead of being zero.

#include "base/metrics.hpp"

#include <stdexcept>
#include <string>

namespace orderly::test {

inline double value_of(const metrics& all, const std::string& name, const metrics::labels& with = {}) {
  if (const auto found = all.find(name, with))
    return *found;
  throw std::runtime_error("nobody has registered the metric " + name);
}

} // namespace orderly::test
