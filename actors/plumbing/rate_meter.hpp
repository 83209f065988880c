#pragma once
// Events a second over ten seconds, exponentially: eight bytes, brought up to date where something happens, so that whoever reads
// it needs no earlier reading.

#include <chrono>
#include <cmath>
#include <cstdint>

namespace orderly {

class rate_meter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void count(time_point now) {
    const auto at = ticks(now);
    per_second_ = static_cast<float>(decayed(at) + 1.0 / window_s);
    at_ = at;
  }
  [[nodiscard]] double per_second(time_point now) const { return decayed(ticks(now)); }

private:
  static constexpr double window_s = 10;
  /// Of 10 ms: it wraps around after 497 days, which an idle meter then takes for a moment.
  static std::uint32_t ticks(time_point now) {
    return static_cast<std::uint32_t>(now.time_since_epoch() / std::chrono::milliseconds{10});
  }
  [[nodiscard]] double decayed(std::uint32_t at) const {
    return per_second_ == 0 ? 0 : static_cast<double>(per_second_) * std::exp(-static_cast<double>(at - at_) / (100 * window_s));
  }

  float per_second_ = 0;
  std::uint32_t at_ = 0;
};

} // namespace orderly
