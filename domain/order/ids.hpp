#pragma once
// The engine's own ids: UUIDv7, each with a type of its own.

#include "base/uuid.hpp"
#include "domain/tiktok/ids.hpp"

#include <compare>
#include <functional>
#include <string>

namespace orderly {

template <class Tag>
struct uuid_id {
  uuid value;
  friend auto operator<=>(const uuid_id&, const uuid_id&) = default;
};

using order_id = uuid_id<struct order_id_tag>;
using input_id = uuid_id<struct input_id_tag>;

template <class Tag>
std::string to_string(const uuid_id<Tag>& id) {
  return to_string(id.value);
}

} // namespace orderly

template <class Tag>
struct std::hash<orderly::uuid_id<Tag>> {
  std::size_t operator()(const orderly::uuid_id<Tag>& id) const noexcept { return std::hash<orderly::uuid>{}(id.value); }
};
