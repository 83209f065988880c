#pragma once
// The first and the last thing that is known of an input's trace: the request and its answer.

#include "base/trace.hpp"
#include "net/http/message.hpp"
#include "net/http/meter.hpp"

#include <span>

namespace orderly {

/// Begun with the request's first byte, stamped with its last one. Keeps its `traceparent` if there is one that is well formed
/// (https://www.w3.org/TR/trace-context/#traceparent-header: a malformed one counts as none).
/// @param id of the delivery that the request becomes
trace trace_of(const http_request& request, const uuid& id);
/// The answer to these is handed to the session now.
void replied(std::span<const trace_ptr> inputs, http_meter& measured);

} // namespace orderly
