#pragma once
// A clock that moves only when told. Safe from every thread.

#include "base/clock.hpp"

#include <atomic>

namespace orderly::test {

class manual_clock final : public clock {
public:
  explicit manual_clock(timestamp start = from_micros(1'789'482'600'000'000)) : now_(to_micros(start)) {}
  [[nodiscard]] timestamp now() const override { return from_micros(now_.load()); }
  void advance(std::chrono::microseconds by) { now_ += by.count(); }
  void set(timestamp at) { now_ = to_micros(at); }

private:
  std::atomic<std::int64_t> now_;
};

} // namespace orderly::test
