#pragma once
// One answer to one request, from any thread. The session behind it may be gone: then the answer is dropped.

#include "net/http/message.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace orderly {

class responder {
public:
  /// @param deliver thread-safe; only hands over to the session
  explicit responder(std::function<void(http_response)> deliver) : deliver_(std::move(deliver)) {}
  /// Whoever dropped the last reference without an answer has a bug: the client gets a 500 and the log says so.
  ~responder();
  responder(const responder&) = delete;
  responder& operator=(const responder&) = delete;

  /// The first call counts.
  void answer(http_response response) {
    if (!answered_.exchange(true))
      deliver_(std::move(response));
  }

private:
  std::atomic<bool> answered_{false};
  std::function<void(http_response)> deliver_;
};

using responder_ptr = std::shared_ptr<responder>;

} // namespace orderly
