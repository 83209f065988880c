#include "config/config.hpp"
#include "config/schema.hpp"

#include <variant>

namespace orderly {

std::vector<std::string> changed_keys(const config& before, const config& after) {
  auto left = before, right = after;
  std::vector<std::string> keys;
  for (const auto& spec : config_schema()) {
    const auto other = spec.at(right);
    const auto is_same = [&other](auto* value) { return *value == *std::get<decltype(value)>(other); };
    if (!std::visit(is_same, spec.at(left)))
      keys.emplace_back(spec.key);
  }
  if (before.tiktok.shops != after.tiktok.shops)
    keys.emplace_back("tiktok.shops");
  return keys;
}

} // namespace orderly
