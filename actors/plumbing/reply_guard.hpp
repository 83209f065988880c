#pragma once
// A reply that comes in any case. CAF forgets a promise that is dropped, with the actor that made it or without, and whoever
// asked waits for its own time limit.

#include <caf/typed_response_promise.hpp>

#include <utility>

namespace orderly {

template <class Reply>
class reply_guard {
public:
  /// @param otherwise what is said if nothing else was by the time this is destroyed
  reply_guard(caf::typed_response_promise<Reply> to, Reply otherwise) : to_(std::move(to)), otherwise_(std::move(otherwise)) {}
  ~reply_guard() {
    if (to_.pending())
      to_.deliver(std::move(otherwise_));
  }
  reply_guard(reply_guard&& other) noexcept : to_(std::move(other.to_)), otherwise_(std::move(other.otherwise_)) {}
  reply_guard& operator=(reply_guard&& other) noexcept {
    std::swap(to_, other.to_);
    std::swap(otherwise_, other.otherwise_);
    return *this;
  }

  void deliver(Reply reply) { to_.deliver(std::move(reply)); }

private:
  caf::typed_response_promise<Reply> to_;
  Reply otherwise_;
};

} // namespace orderly
