#pragma once
// /api/v1/orders: reads from committed rows, commands through the order's actor.

#include "base/result.hpp"
#include "net/edge/edge.hpp"
#include "net/http/site.hpp"
#include "net/http/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderly {

class orders_api {
public:
  explicit orders_api(edge_ptr shared) : shared_(std::move(shared)) {}

  /// @param rest the path segments after "/api/v1/orders"
  /// The route answers 403 by itself when `who` may not use it.
  [[nodiscard]] http_route find(const http_request& request, const request_target& target, const std::vector<std::string>& rest,
                                const principal& who) const;

private:
  edge_ptr shared_;
};

} // namespace orderly
