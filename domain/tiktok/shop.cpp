#include "domain/tiktok/shop.hpp"

#include "base/names.hpp"

#include <array>

namespace orderly {
namespace {

constexpr std::array<std::string_view, 4> obstacles{"not_connected", "token_expired", "deauthorized", "inactive"};

} // namespace

std::string_view name_of(shop_obstacle value) { return name_tables::name_in(obstacles, value); }

} // namespace orderly
