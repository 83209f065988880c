#include "config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace orderly {
namespace {

/// Levenshtein's distance, two rows at a time.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j)
      row[j + 1] = std::min({row[j] + 1, above[j + 1] + 1, above[j] + (a[i] == b[j] ? 0u : 1u)});
    std::swap(above, row);
  }
  return above[b.size()];
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

} // namespace

std::string nearest_name(std::string_view given, std::span<const std::string> known) {
  if (given.size() > 100)
    return {};
  std::string best;
  std::size_t fewest = 0;
  for (const auto& name : known) {
    const auto edits = edits_between(given, name);
    if (edits <= std::max<std::size_t>(name.size() / 3, 1) && (best.empty() || edits < fewest)) {
      best = name;
      fewest = edits;
    }
  }
  if (!best.empty())
    return best;
  const auto same_part =
      std::find_if(known.begin(), known.end(), [&](const auto& name) { return last_part(name) == last_part(given); });
  return same_part == known.end() ? std::string{} : *same_part;
}

} // namespace orderly
