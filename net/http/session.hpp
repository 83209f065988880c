#pragma once
// One connection: reads a request, has it answered, reads the next. Pipelined requests wait in the socket and in the buffer, so
// they are answered in order. Lives on one event loop.

#include "net/http/event_loop.hpp"
#include "net/http/http_context.hpp"
#include "net/http/site.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <memory>
#include <unordered_set>

namespace orderly {

class session;

struct listener_state {
  std::atomic<std::size_t> open{0}; ///< connections
  std::atomic<bool> closing{false}; ///< each connection ends with its current request
};
/// What the sessions of one listener share. `site` outlives the loop's thread, the rest also the last session.
struct session_context {
  http_context_ptr shared;
  http_site& site;
  std::shared_ptr<listener_state> state;
};

/// The sessions of one loop, touched on its thread only.
using session_set = std::unordered_set<session*>;

/// Begins to serve a connection on its loop's thread.
void start_session(const session_context& context, std::weak_ptr<event_loop> loop, std::shared_ptr<session_set> siblings,
                   boost::asio::ip::tcp::socket socket);

/// Closes the connections that wait for a request; the others close after their answer, and streams are told. On the loop's
/// thread.
void drain_sessions(const session_set& sessions);

} // namespace orderly
