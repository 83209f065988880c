#pragma once
// A request's target, taken apart: decoded path segments and query parameters.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

struct request_target {
  std::vector<std::string> path;                          ///< "/api/v1/orders" -> api, v1, orders; a trailing slash adds ""
  std::vector<std::pair<std::string, std::string>> query; ///< in the order sent; '+' is a blank
};

/// Errors: bad_request when it is not an origin form (RFC 9112, 3.2.1), or not UTF-8 once decoded.
result<request_target> parse_target(std::string_view target);
/// The path alone, undecoded: for exact comparison.
inline std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

} // namespace orderly
