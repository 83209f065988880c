#pragma once
// Invents orders. The same seed gives the same people, goods, prices and ids; only the times are of the day.

#include "tools/sandbox/order.hpp"

#include <cstdint>
#include <random>

namespace orderly::sandbox {

class order_factory {
public:
  explicit order_factory(std::uint64_t seed);

  /// An UNPAID order, created a little over an hour before `now`, so that the hour of ON_HOLD ends about now.
  /// @param age seconds since the buyer placed it
  order next_order(std::int64_t now, std::int64_t age);
  std::string next_package_id();
  std::string next_notification_id();
  std::string next_request_id(std::int64_t now);
  /// Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  bool chance(unsigned percent) { return between(0, 99) < static_cast<std::int64_t>(percent); }

private:
  std::int64_t next_id(std::int64_t& counter);
  line next_line(std::size_t product);

  std::mt19937_64 random_;
  std::int64_t orders_, lines_, packages_, notifications_;
};

} // namespace orderly::sandbox
