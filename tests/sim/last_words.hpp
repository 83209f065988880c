#pragma once
// Whatever ends this process while a seed is being played, the seed is the last that it says: an exception, a signal, a
// sanitizer, a hang.

#include <chrono>
#include <cstdint>

namespace orderly::sim {

/// Once, before the first seed.
/// @param patience how long a seed may take in real time before it counts as hanging; 0: for ever
void arm_last_words(std::chrono::seconds patience);

/// While it lives this seed is being played. One at a time.
class being_played {
public:
  explicit being_played(std::uint64_t seed);
  ~being_played();
  being_played(const being_played&) = delete;
  being_played& operator=(const being_played&) = delete;
};

} // namespace orderly::sim
