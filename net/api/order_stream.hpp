#pragma once
// GET /stream's other half: follows the feed of commits once for everybody who listens, and brings each listener what it has not
// seen. Nobody listens, nothing is read.

#include "base/clock.hpp"
#include "domain/ports/access_port.hpp"
#include "domain/ports/reads.hpp"
#include "net/api/stream_terms.hpp"
#include "net/http/stream.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace orderly {

/// What a listener wants to hear of; nothing set: all orders.
struct stream_filter {
  std::optional<order_key> order;
  std::optional<shop_id> shop;
};
struct stream_request {
  principal who;
  std::optional<feed_position> from; ///< what it has seen last; nothing: from now on
  stream_filter only;
};
struct stream_listener; ///< stream_listener.hpp

/// Thread-safe. Works on a thread of its own, which waits for its reads.
class order_stream {
public:
  /// @param from, access, time outlive it
  order_stream(reads& from, const access_port& access, const clock& time, const order_stream_terms& terms = {});
  ~order_stream(); ///< cuts off whoever still listens
  order_stream(const order_stream&) = delete;
  order_stream& operator=(const order_stream&) = delete;

  /// Errors: too_many_requests, when this user has as many streams as one may.
  result<stream_body_ptr> open(stream_request what);

private:
  using listeners = std::vector<std::shared_ptr<stream_listener>>;
  void serve();

  const order_stream_terms terms_;
  const std::unique_ptr<class feed_follower> follower_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  listeners all_;
  std::thread thread_; // last: what it uses is above
};

} // namespace orderly
