#pragma once
// Who was turned away, for the log: whoever is can ask again as fast as a network allows, so of each kind a few are told a
// minute.

#include "base/clock.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace orderly {

enum class refusal : std::uint8_t { login, token, forbidden, misdirected };

/// Thread-safe.
class refusal_log {
public:
  static constexpr unsigned most_a_minute = 10; ///< of each kind

  explicit refusal_log(const clock& time) : time_(time) {}

  /// A line that names how many of its kind were left out before it, if any were.
  /// @param client see client_of()
  /// @param more nothing that a stranger has chosen
  void tell(refusal what, std::string_view client, boost::json::object more = {});

private:
  struct kind {
    timestamp since{}; ///< of the minute
    unsigned told = 0; ///< in it
    std::uint64_t left_out = 0;
  };
  const clock& time_;
  std::mutex mutex_;
  std::array<kind, 4> kinds_{};
};

} // namespace orderly
