// sim_test --seeds FROM COUNT      plays so many seeds (or ORDERLY_SIM_SEEDS="FROM COUNT")
// sim_test --seed N [-v]           plays one; -v prints everything that happens in it

#include "tests/sim/last_words.hpp"
#include "tests/sim/world.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace orderly::sim;

namespace {

constexpr std::size_t lines_of_a_failure = 60;
constexpr int failures_to_show = 3;
constexpr std::uint64_t seeds_that_show_all = 100; // so many must show each thing that is counted
constexpr std::uint64_t replay_every = 50;         // seeds: so often one is played twice, to see that it plays the same
constexpr std::chrono::seconds patience{120};      // with a seed of many; one takes milliseconds

/// The product logs each fault that was meant to be. Only the stream is silenced: sanitizers write to the descriptor.
void silence_the_log() { stderr = std::fopen("/dev/null", "w"); }

void print_journal(const stage& on, std::size_t last) {
  const auto& lines = on.log.lines;
  for (auto i = lines.size() > last ? lines.size() - last : 0; i < lines.size(); ++i)
    std::cout << lines[i] << '\n';
}

void print_failure(const stage& on) {
  std::cout << "FAILED " << to_string(on.with) << "\n  rule:  " << on.broken->rule << "\n  order: " << on.broken->order
            << "\n  what:  " << on.broken->what << "\n  again: sim_test --seed " << on.with.seed << " -v" << std::endl;
}

/// @return whether every rule held
bool play(std::uint64_t seed, bool twice, std::map<std::string, double>& seen) {
  const being_played now{seed};
  const auto with = plan_of(seed);
  world first{with};
  first.play();
  seen["messages"] += static_cast<double>(first.told().messages);
  for (const auto& [what, count] : first.seen())
    seen[what] += count;
  if (first.told().broken) {
    print_failure(first.told());
    world again{with, true};
    again.play();
    std::cout << "  its last steps:\n";
    print_journal(again.told(), lines_of_a_failure);
    std::cout << std::endl;
    return false;
  }
  if (!twice)
    return true;
  world second{with};
  second.play();
  const bool same = second.told().fingerprint == first.told().fingerprint;
  if (!same)
    std::cout << "FAILED seed " << seed << " does not play the same twice" << std::endl;
  return same;
}

int play_many(std::uint64_t from, std::uint64_t count) {
  const auto began = std::chrono::steady_clock::now();
  std::map<std::string, double> seen;
  int failed = 0;
  for (auto seed = from; seed < from + count && failed < failures_to_show; ++seed)
    failed += play(seed, seed % replay_every == 0, seen) ? 0 : 1;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  bool tame = false;
  for (const auto& [what, times] : seen) {
    std::cout << "  " << what << ": " << static_cast<std::uint64_t>(times) << '\n';
    tame |= times == 0;
  }
  std::cout << count << " seeds from " << from << ": " << failed << " failed, " << took.count() << " s" << std::endl;
  if (tame && failed == 0 && count >= seeds_that_show_all)
    std::cout << "FAILED what never happens is not tested" << std::endl;
  return failed == 0 && !(tame && count >= seeds_that_show_all) ? 0 : 1;
}

int play_one(std::uint64_t seed, bool verbose) {
  const being_played now{seed};
  world only{plan_of(seed), true, verbose};
  only.play();
  print_journal(only.told(), verbose ? std::size_t(-1) : 0);
  if (only.told().broken)
    print_failure(only.told());
  else
    std::cout << "seed " << seed << ": every rule held, " << only.told().messages << " messages" << std::endl;
  return only.told().broken ? 1 : 0;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

int usage() {
  std::cout << "sim_test --seeds FROM COUNT | --seed N [-v]" << std::endl;
  return 64;
}

int run(std::vector<std::string> words) {
  if (const char* given = std::getenv("ORDERLY_SIM_SEEDS")) {
    std::istringstream in{given};
    words = {"--seeds"};
    for (std::string word; in >> word;)
      words.push_back(word);
  }
  if (words.size() == 3 && words[0] == "--seeds") {
    const auto from = number(words[1]), count = number(words[2]);
    if (!from || !count)
      return usage();
    silence_the_log();
    arm_last_words(patience);
    return play_many(*from, *count);
  }
  const bool verbose = words.size() == 3 && words[2] == "-v";
  if ((words.size() == 2 || verbose) && words[0] == "--seed" && number(words[1])) {
    if (!verbose)
      silence_the_log();
    arm_last_words({}); // who plays one may have a debugger at it
    return play_one(*number(words[1]), verbose);
  }
  return usage();
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::cout << "the simulator itself failed: " << e.what() << std::endl;
    return 70;
  }
}
