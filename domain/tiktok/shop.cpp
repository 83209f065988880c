#include "domain/tiktok/shop.hpp"

#include "base/names.hpp"

#include <algorithm>
#include <array>

namespace orderly {
namespace {

constexpr std::array<std::string_view, 4> obstacles{"not_connected", "token_expired", "deauthorized", "inactive"};

} // namespace

std::string_view name_of(shop_obstacle value) { return name_tables::name_in(obstacles, value); }

bool marks_packages_as_shipped(std::string_view region) {
  constexpr std::array<std::string_view, 10> regions{"", "US", "GB", "UK", "ES", "IE", "IT", "DE", "FR", "JP"};
  return std::find(regions.begin(), regions.end(), region) != regions.end();
}

} // namespace orderly
