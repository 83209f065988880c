#pragma once
// A listening socket and the event loops that its connections are spread over. No Beast, no Asio in this header.

#include "base/result.hpp"
#include "net/http/http_context.hpp"
#include "net/http/site.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace orderly {

class listener {
public:
  virtual ~listener() = default; ///< stops and joins; connections are cut
  [[nodiscard]] virtual std::string address() const = 0;
  virtual void start() = 0;
  /// No new connection; idle ones are closed, the others after their answer. Returns at once.
  virtual void stop_accepting() = 0;
  [[nodiscard]] virtual std::size_t open_connections() const = 0;
};

/// Binds at once, serves after start(). Errors: bad_config naming the address.
result<std::unique_ptr<listener>> make_listener(const std::string& address, std::size_t threads, std::unique_ptr<http_site> site,
                                                http_context_ptr shared);

} // namespace orderly
