#pragma once

#include <chrono>
#include <cstddef>

namespace orderly {

/// Of GET /stream.
struct order_stream_terms {
  std::chrono::milliseconds every{100}; ///< a turn: what was committed since goes out
  std::chrono::milliseconds tick{5'000};
  std::chrono::milliseconds recheck{500}; ///< whether those who listen still may
  std::size_t page = 100;                 ///< events a turn, a thousand a second: what a flood of commits may cost
  /// Who is behind for longer reads anew what it shows, which costs both sides less than the way there.
  std::chrono::milliseconds longest_lag{10'000};
  std::size_t per_user = 8;
};

} // namespace orderly
