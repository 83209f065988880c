#pragma once
// Who asks. Found out where users and tokens are known, wired in app/.

#include "base/role.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

struct principal {
  std::string user;
  orderly::role role = role::viewer;
};

/// Who a bearer token belongs to; called on network threads, must not block.
using token_check = std::function<std::optional<principal>(std::string_view token)>;

} // namespace orderly
