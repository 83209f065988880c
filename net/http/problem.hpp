#pragma once
// Errors on the wire: RFC 9457 problem details with a stable `code` from the catalogue.

#include "base/error.hpp"
#include "net/http/message.hpp"

namespace orderly {

/// Faults of this program or its store show their title only; everything else carries its message and details.
http_response problem(const error& e);
inline http_response problem(error_code code, std::string message = {}, boost::json::object details = {}) {
  return problem(error{code, std::move(message), std::move(details)});
}

} // namespace orderly
