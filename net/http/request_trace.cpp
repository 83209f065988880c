#include "net/http/request_trace.hpp"

#include <string>

namespace orderly {

trace trace_of(const http_request& request, const uuid& id) {
  const auto sent = request.header("traceparent");
  trace of{id, request.began, sent.count == 1 && is_traceparent(sent.value) ? std::string{sent.value} : std::string{}};
  of.stamp(trace_stage::received, request.received);
  return of;
}

void replied(std::span<const trace_ptr> inputs, http_meter& measured) {
  for (const auto& one : inputs) {
    one->stamp(trace_stage::replied);
    measured.traced(*one);
  }
}

} // namespace orderly
