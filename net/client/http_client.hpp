#pragma once
// HTTP/1.1 to one server over a pool of keep-alive connections, on a thread of its own. No Beast, no Asio in this header.

#include "base/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderly {

struct http_client_options {
  std::string base; ///< scheme, host and optional port
  std::size_t connections = 8;
  std::size_t queue_limit = 1024;     ///< calls that wait for a connection
  std::size_t max_response = 8 << 20; ///< bytes of a body
};

struct http_client_request {
  std::string method, target;
  std::vector<std::pair<std::string, std::string>> headers; ///< beyond Host, User-Agent, Content-Length
  std::string body;
};
struct http_client_response {
  int status = 0;
  std::string body;
  std::string date, retry_after; ///< headers, empty when absent
};
struct http_client_outcome {
  std::optional<http_client_response> response; ///< a whole one
  bool left = false;                            ///< some of the request may have reached the server
  std::string failure;                          ///< why there is no response; for logs
};

struct http_client_call {
  /// Makes the request at the moment it is sent: again for a repeat, so that each carries a fresh signature. Nothing: the call
  /// is not made. On the client's thread.
  std::function<std::optional<http_client_request>()> build;
  /// May be sent again when a kept connection turns out to be dead before a byte of the answer came.
  bool repeatable = false;
  std::chrono::steady_clock::time_point deadline; ///< waiting for a connection included
  /// Exactly once, on the client's thread.
  std::function<void(http_client_outcome)> done;
};

class http_client {
public:
  virtual ~http_client() = default; ///< ends every call with a failure, joins
  /// Thread-safe; `done` never runs before this returns.
  virtual void send(http_client_call call) = 0;
};

/// Errors: bad_config when `base` is not an http or https URL without a path.
result<std::unique_ptr<http_client>> make_http_client(const http_client_options& options);

} // namespace orderly
