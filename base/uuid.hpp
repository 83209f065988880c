#pragma once
// UUIDs of version 7 (RFC 9562): time-ordered, so that keys arrive at the end of an index and not all over it.

#include "base/clock.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace orderly {

struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_nil() const { return *this == uuid{}; }
  friend auto operator<=>(const uuid&, const uuid&) = default;
};

/// Lower-case 8-4-4-4-12.
std::string to_string(const uuid& id);
std::optional<uuid> uuid_from(std::string_view text);

/// Where ids come from; injected, so that tests and the simulator are reproducible. Safe from every thread.
class id_source {
public:
  virtual ~id_source() = default;
  virtual uuid next() = 0;
};

/// Strictly increasing within the process, also when the clock stands still or steps back.
class uuid_v7_source final : public id_source {
public:
  /// @param seed 0 takes randomness from the system.
  explicit uuid_v7_source(const clock& time, std::uint64_t seed = 0);
  uuid next() override;

private:
  const clock& time_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::int64_t last_millis_ = 0;
  std::uint16_t counter_ = 0; // the 12 bits of rand_a
};

} // namespace orderly

template <>
struct std::hash<orderly::uuid> {
  std::size_t operator()(const orderly::uuid& id) const noexcept {
    std::size_t h = 1469598103934665603ull;
    for (auto byte : id.bytes)
      h = (h ^ byte) * 1099511628211ull;
    return h;
  }
};
