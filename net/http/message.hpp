#pragma once
// A request and a response between the session, which knows sockets and Beast, and the sites, which know neither.

#include "base/clock.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

/// Views point into the session's parser: valid only while http_route::serve() runs.
struct http_request {
  std::string_view method;                       ///< as sent: "GET"
  std::string_view target;                       ///< origin form: path and query, percent-encoded
  std::optional<std::string_view> authorization; ///< absent also when it came more than once
  std::optional<std::string_view> idempotency_key;
  bool authorization_repeated = false, idempotency_key_repeated = false;
  bool from_loopback = false;              ///< and no proxy says that it passes on what another sent
  std::shared_ptr<const std::string> body; ///< never null; chunks joined
};

struct http_response {
  int status = 200;
  std::string_view content_type; ///< a literal; empty = no body
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers; ///< beyond Content-Type, Content-Length, Date, Connection
};

inline constexpr std::string_view json_type = "application/json";

/// "Not Found".
std::string_view reason_of(int status);
/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(timestamp at);
/// The inverse.
std::optional<timestamp> from_http_date(std::string_view text);

struct connection_terms {
  bool keep_alive = true;
  bool http_1_0 = false;
  bool head_only = false; ///< the request was HEAD: no body follows
};
/// The bytes on the wire.
std::string wire_bytes(const http_response& response, const connection_terms& terms, timestamp now);

} // namespace orderly
