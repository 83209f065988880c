#pragma once
// How much each kind of actor has done, from what tell() and handlers() count (plumbing/traffic.hpp).

#include "actors/engine/protocol.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

namespace orderly {

/// Messages of each kind of actor since the process started, in the order of kind_names.
struct kind_traffic {
  std::uint64_t taken = 0;
  std::chrono::microseconds waited{};
};
using traffic_by_kind = std::array<kind_traffic, kind_names.size()>;
traffic_by_kind traffic_now();
std::size_t place_of(std::string_view kind);

/// How many messages a second each kind took, from what was read within the last ten seconds: nothing at the first reading.
/// Thread-safe.
class traffic_rates {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using rates = std::array<std::optional<double>, kind_names.size()>;

  rates read(const traffic_by_kind& now, time_point at);

private:
  struct reading {
    time_point at;
    traffic_by_kind what;
  };
  std::mutex mutex_;
  std::deque<reading> readings_; ///< oldest first
};

struct engine_traffic {
  traffic_by_kind sum;
  traffic_rates::rates per_s;
};

} // namespace orderly
