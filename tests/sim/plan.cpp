#include "tests/sim/plan.hpp"

#include "tests/sim/stage.hpp"

#include <array>
#include <functional>
#include <iomanip>
#include <sstream>
#include <string_view>

namespace orderly::sim {
namespace {

using namespace std::chrono_literals;

struct named_chance {
  std::string_view name;
  double fault_chances::*chance;
  std::array<double, 3> strengths; ///< of which a seed has one, or none
};

constexpr std::array<named_chance, 21> all_chances{{
    {"store_away", &fault_chances::store_away, {1, 5, 20}},
    {"outcome_lost", &fault_chances::outcome_lost, {1, 5, 20}},
    {"lane_dies", &fault_chances::lane_dies, {0.3, 1, 4}},
    {"refused_keys", &fault_chances::refused_keys, {1, 4, 15}},
    {"read_fails", &fault_chances::read_fails, {1, 5, 20}},
    {"read_waits", &fault_chances::read_waits, {5, 30, 80}},
    {"unreadable", &fault_chances::unreadable, {0.2, 0.5, 1}},
    {"deadly_keys", &fault_chances::deadly_keys, {1, 4, 15}},
    {"handler_throws", &fault_chances::handler_throws, {0.02, 0.1, 0.4}},
    {"actor_killed", &fault_chances::actor_killed, {0.5, 2, 5}},
    {"crash", &fault_chances::crash, {0.2, 0.5, 1.5}},
    {"stop", &fault_chances::stop, {0.2, 0.5, 1}},
    {"long_pause", &fault_chances::long_pause, {0.5, 2, 5}},
    {"clock_back", &fault_chances::clock_back, {0.2, 1, 3}},
    {"operations", &fault_chances::operations, {0.5, 2, 5}},
    {"call_fails", &fault_chances::call_fails, {5, 20, 50}},
    {"call_unknown", &fault_chances::call_unknown, {5, 20, 50}},
    {"call_hangs", &fault_chances::call_hangs, {2, 10, 30}},
    {"call_stale", &fault_chances::call_stale, {5, 20, 50}},
    {"webhook_again", &fault_chances::webhook_again, {10, 30, 60}},
    {"webhook_odd", &fault_chances::webhook_odd, {2, 5, 10}},
}};

fault_chances draw_chances(dice& random) {
  fault_chances drawn;
  if (random.in_100(5))
    return drawn; // nothing fails: then nothing may be refused either
  const auto share = random.one_of(std::array{15.0, 40.0, 70.0});
  for (const auto& each : all_chances) {
    const auto strength = random.one_of(each.strengths);
    if (random.in_100(share))
      drawn.*each.chance = strength;
  }
  return drawn;
}

} // namespace

plan plan_of(std::uint64_t seed) {
  dice random{seed ^ 0x5851f42d4c957f2dull};
  plan p;
  p.seed = seed;
  p.engines = random.in_100(40) ? 2 : 1;
  p.shared_store = p.engines > 1 || random.in_100(20);
  p.orders = random.one_of(std::array{1, 2, 3, 5, 8, 12});
  p.turns = random.one_of(std::array{100, 300, 600, 1000, 1500});
  p.workers = random.one_of(std::array<std::size_t, 3>{1, 1, 2});
  p.lanes = p.shared_store ? 2 : 1;
  if (random.in_100(70)) // fewer places than orders, often
    p.residents = p.workers * random.one_of(std::array<std::size_t, 4>{1, 2, 3, 4});
  if (random.in_100(20))
    p.waiting = p.workers * random.one_of(std::array<std::size_t, 2>{3, 4}); // one webhook names up to three orders
  if (random.in_100(20))
    p.parked = p.workers * random.one_of(std::array<std::size_t, 3>{1, 2, 4});
  p.calls = random.one_of(std::array<std::size_t, 4>{1, 3, 200, 200});
  p.idle = random.one_of(std::array<std::chrono::milliseconds, 4>{200ms, 1s, 5s, 5min});
  p.skew = random.one_of(std::array<std::chrono::milliseconds, 4>{0ms, 0ms, 400ms, 3s});
  p.unfair = random.in_100(50);
  p.rules.auto_start = random.in_100(80);
  p.rules.paid_wait = random.one_of(std::array<std::chrono::seconds, 3>{0s, 60s, 3600s});
  p.chances = draw_chances(random);
  return p;
}

std::string to_string(const plan& p) {
  std::ostringstream out;
  out << "seed " << p.seed << ": " << p.engines << " engine(s) on " << (p.shared_store ? "a shared" : "an embedded") << " store, "
      << p.orders << " orders, " << p.turns << " turns, " << p.workers << " shard(s), places " << p.residents << ", waiting "
      << p.waiting << ", parked " << p.parked << ", calls " << p.calls << ", idle " << p.idle.count() << " ms, skew "
      << p.skew.count() << " ms, " << (p.unfair ? "unfair" : "fair") << ", auto_start " << p.rules.auto_start << ", paid_wait "
      << p.rules.paid_wait.count() << " s;";
  for (const auto& each : all_chances)
    if (const auto chance = p.chances.*each.chance; chance > 0)
      out << ' ' << each.name << ' ' << chance << '%';
  return out.str();
}

std::string stage::clock_text() const {
  std::ostringstream out;
  out << '+' << std::fixed << std::setprecision(3) << static_cast<double>(passed.count()) / 1000;
  return out.str();
}

bool stage::is_marked(std::string_view thing, std::string_view with_what, double percent) const {
  if (percent <= 0 || calm)
    return false;
  std::uint64_t h = 14695981039346656037ull ^ with.seed;
  for (const auto text : {thing, with_what})
    for (const char c : text)
      h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  h ^= h >> 29;
  return static_cast<double>(h % 1'000'000) < percent * 10'000;
}

} // namespace orderly::sim
