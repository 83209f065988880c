#pragma once
// A request and a response between the session, which knows sockets, and the sites, which do not.

#include "base/clock.hpp"
#include "net/http/shared_bytes.hpp"
#include "net/http/stream.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orderly {

/// What came under one name.
struct header_value {
  std::string_view value; ///< of the first one
  std::size_t count = 0;  ///< how often the header came
  explicit operator bool() const { return count != 0; }
};
/// The headers of a request, looked up when a route asks: most are never asked for.
class header_fields {
public:
  virtual ~header_fields() = default;
  /// The case of the name does not matter.
  [[nodiscard]] virtual header_value find(std::string_view name) const = 0;
  /// Of a header that is a list: all that came under the name, in order, as one (RFC 9110, 5.3).
  [[nodiscard]] virtual std::string list(std::string_view name) const = 0;
};

/// Views point into the session's parser: valid only while http_site::find() or http_route::serve() runs.
struct http_request {
  std::string_view method;               ///< as sent: "GET"
  std::string_view authority;            ///< whom it is addressed to: of an absolute target, else Host; may be anything
  std::string_view target;               ///< origin form: path and query, percent-encoded
  const header_fields* fields = nullptr; ///< null: none came
  std::string_view local_host;           ///< the connection's own address; IPv6 without brackets, mapped IPv4 as IPv4
  std::uint16_t local_port = 0;
  std::string_view peer; ///< the address at the connection's other end, written like local_host
  bool loopback_peer = false;
  bool peer_is_proxy = false;                       ///< one that http.trusted_proxies names; see net/http/forwarded.hpp
  bool has_body = false;                            ///< one is announced, however long
  std::chrono::steady_clock::time_point began{};    ///< its first byte
  std::chrono::steady_clock::time_point received{}; ///< its last one; from http_route::serve() on
  std::shared_ptr<const std::string> body;          ///< never null; chunks joined; empty until http_route::serve()

  [[nodiscard]] header_value header(std::string_view name) const { return fields ? fields->find(name) : header_value{}; }
};

/// A text of its own, bytes that others send too, or what a stream's writer has still to write.
using http_body = std::variant<std::string, shared_bytes, stream_body_ptr>;

struct http_response {
  int status = 200;
  std::string_view content_type; ///< of static storage; empty = no body
  http_body body;
  /// Beyond Content-Type, Content-Length, Transfer-Encoding, Date, Connection.
  std::vector<std::pair<std::string_view, std::string>> headers;
};
using standing_header = std::pair<std::string_view, std::string_view>;
/// Those that the response does not have yet.
void add_standing(http_response& to, std::span<const standing_header> headers);

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
/// The bytes of a body that is there as a whole; nothing for a stream.
std::string_view bytes_of(const http_body& body);
/// Appends everything up to the body. A stream's body is chunked; in HTTP/1.0 it goes on until the connection ends.
void append_head(std::string& out, const http_response& response, const connection_terms& terms, timestamp now);

} // namespace orderly
