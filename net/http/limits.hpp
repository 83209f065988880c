#pragma once
// What one connection, and all of them together, may take.

#include <chrono>
#include <cstddef>

namespace orderly {

struct http_limits {
  std::size_t max_body = 1 << 20, max_header = 16 << 10; ///< bytes
  std::size_t max_body_bytes = 256 << 20;                ///< of all bodies of both listeners, until they are answered
  std::size_t max_connections = 4096;                    ///< of each listener
  std::chrono::milliseconds header_timeout{10'000}, body_timeout{20'000}, idle_timeout{60'000};
};

} // namespace orderly
