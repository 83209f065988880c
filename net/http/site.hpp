#pragma once
// What a listener serves: a request finds its route by its head, the route says how large its body may be and how long an answer
// may take, and serves it.

#include "net/http/message.hpp"
#include "net/http/responder.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace orderly {

/// How long an answer may take, and what the session says by itself when it has not come by then.
struct answer_time {
  std::chrono::milliseconds deadline{};
  http_response (*late)() = nullptr;
};
/// For what answers before serve() returns.
answer_time at_once();

struct http_route {
  std::string_view label; ///< of static storage: the metric label; a small, fixed set
  answer_time time;
  std::function<void(const http_request&, const responder_ptr&)> serve;
  std::optional<std::size_t> max_body{}; ///< bytes; nothing: the listener's limit, which is never exceeded
  bool ignores_body = false;             ///< answers without reading it
};

class http_site {
public:
  virtual ~http_site() = default;
  /// "public" or "admin": a metric label.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// On each of its answers, also those that no route has seen, unless that has one of the name.
  /// @param over_tls see net/http/forwarded.hpp
  [[nodiscard]] virtual std::span<const standing_header> standing_headers([[maybe_unused]] bool over_tls) const { return {}; }
  /// Always finds one: unknown paths have a route that answers 404. Called on several threads, before a body is read, and again
  /// after one that took its time.
  [[nodiscard]] virtual http_route find(const http_request& request) = 0;
};

/// A route that answers at once, whatever the body.
http_route answers(std::string_view label, http_response response);
/// 404 and 405 as problem details.
http_route no_such_path();
http_route wrong_method(std::string_view label, std::string allow);

} // namespace orderly
