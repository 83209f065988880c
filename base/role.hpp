#pragma once
// What a person, or a program of theirs, may do. Each role may do what those before it may.

#include "base/names.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderly {

enum class role : std::uint8_t { viewer, op, admin };

namespace name_tables {
inline constexpr std::array<std::string_view, 3> roles{"viewer", "operator", "admin"};
} // namespace name_tables

constexpr std::string_view name_of(role value) { return name_tables::name_in(name_tables::roles, value); }
constexpr std::optional<role> role_from(std::string_view name) { return name_tables::value_in<role>(name_tables::roles, name); }

} // namespace orderly
