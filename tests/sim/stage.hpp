#pragma once
// What all parts of a simulation share: the dice, the clock, the record of what happened, and the first rule that was broken.

#include "tests/sim/plan.hpp"
#include "tests/support/manual_clock.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly::sim {

/// The same on every machine, unlike the distributions of the standard library.
class dice {
public:
  explicit dice(std::uint64_t seed) : random_(seed) {}
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  bool in_100(double percent) { return static_cast<double>(random_() % 1'000'000) < percent * 10'000; }
  template <class T>
  T& one_of(std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  template <class T, std::size_t Size>
  T one_of(const std::array<T, Size>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(Size)))];
  }

private:
  std::mt19937_64 random_;
};

/// Lines for people; kept only when somebody will read them, because a seed can be played again.
class journal {
public:
  bool on = false, every_message = false;

  template <class... Parts>
  void note(const Parts&... parts) {
    if (!on)
      return;
    std::ostringstream line;
    (line << ... << parts);
    lines.push_back(line.str());
  }

  std::vector<std::string> lines;
};

struct violation {
  std::string rule, order, what;
};

struct stage {
  explicit stage(const plan& p) : with(p), random(p.seed * 0x9e3779b97f4a7c15ull + 1) {}

  /// Whether a fault strikes now.
  bool strikes(double percent) { return percent > 0 && !calm && random.in_100(percent); }
  /// A property of the thing itself, the same whenever it is asked for.
  bool is_marked(std::string_view thing, std::string_view with_what, double percent) const;

  /// Something went wrong by intent: an answer "not now" has an excuse from here on.
  template <class... Parts>
  void fault(const Parts&... parts) {
    ++faults;
    note("  FAULT ", parts...);
  }
  template <class... Parts>
  void note(const Parts&... parts) {
    if (log.on)
      log.note(clock_text(), " ", parts...);
  }
  /// The first one ends the simulation.
  template <class... Parts>
  void violate(std::string rule, std::string order, const Parts&... parts) {
    std::ostringstream what;
    (what << ... << parts);
    note("BROKEN ", rule, " ", order, ": ", what.str());
    if (!broken)
      broken = violation{std::move(rule), std::move(order), what.str()};
  }
  /// Into the fingerprint of this run: two runs of one seed must have the same.
  void mark(std::uint64_t value) { fingerprint = (fingerprint ^ value) * 1099511628211ull; }
  void mark(std::string_view text) {
    for (const char c : text)
      mark(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  }

  const plan with;
  dice random;
  journal log;
  orderly::test::manual_clock time;    ///< TikTok's, and the engines' but for their skew
  std::chrono::milliseconds passed{0}; ///< on the actors' clock
  bool calm = false;                   ///< no faults any more
  std::int64_t faults = 0;
  std::int64_t misreads = 0; ///< no excuse to a webhook: a store that cannot be read may still commit
  std::int64_t deaths = 0;   ///< of orders, also ordered ones: no excuse for "not now", because their inputs go on
  bool set_back = false;     ///< the wall clock, once or more often
  std::uint64_t messages = 0, fingerprint = 14695981039346656037ull;
  std::string_view actor; ///< whose handler runs; empty between them
  std::optional<violation> broken;

private:
  std::string clock_text() const;
};

} // namespace orderly::sim
