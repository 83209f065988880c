#include "actors/engine/kind_traffic.hpp"

#include <algorithm>

namespace orderly {
namespace {

template <class Handle>
kind_traffic traffic_of_kind(actor_kind<Handle> /*one*/) {
  return {traffic_of<Handle>.count_taken(), traffic_of<Handle>.waited()};
}

} // namespace

std::size_t place_of(std::string_view kind) {
  return static_cast<std::size_t>(std::find(kind_names.begin(), kind_names.end(), kind) - kind_names.begin());
}

traffic_by_kind traffic_now() {
  return std::apply([](auto... each) { return traffic_by_kind{traffic_of_kind(each)...}; }, actor_kinds);
}

traffic_rates::rates traffic_rates::read(const traffic_by_kind& now, time_point at) {
  constexpr std::chrono::seconds window{10};
  constexpr std::chrono::milliseconds apart{500}; // readings that are kept: 20 at most
  const std::lock_guard alone(mutex_);
  while (!readings_.empty() && at - readings_.front().at > window)
    readings_.pop_front();
  rates all;
  if (!readings_.empty() && at - readings_.front().at >= apart) {
    const auto& [then, what] = readings_.front();
    const double seconds = std::chrono::duration<double>(at - then).count();
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = static_cast<double>(now[i].taken - what[i].taken) / seconds;
  }
  if (readings_.empty() || at - readings_.back().at >= apart)
    readings_.push_back({at, now});
  return all;
}

} // namespace orderly
