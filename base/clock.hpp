#pragma once
// Time is injected: nothing in domain/ or actors/ asks the operating system.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// The engine's own time: microseconds since the epoch, UTC.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;
/// TikTok's time: whole seconds since the epoch, UTC.
using unix_seconds = std::chrono::sys_seconds;

class clock {
public:
  virtual ~clock() = default;
  /// Safe from every thread.
  [[nodiscard]] virtual timestamp now() const = 0;
};

class system_clock final : public clock {
public:
  [[nodiscard]] timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

/// RFC 3339 in UTC with microseconds: "2026-09-15T14:30:05.000000Z".
std::string to_rfc3339(timestamp at);
/// The inverse, with any number (0-6) of fraction digits and the zone "Z" only.
std::optional<timestamp> from_rfc3339(std::string_view text);

inline std::int64_t to_micros(timestamp at) { return at.time_since_epoch().count(); }
inline timestamp from_micros(std::int64_t micros) { return timestamp{std::chrono::microseconds{micros}}; }
inline std::int64_t to_seconds(unix_seconds at) { return at.time_since_epoch().count(); }
inline unix_seconds from_seconds(std::int64_t seconds) { return unix_seconds{std::chrono::seconds{seconds}}; }

} // namespace orderly
