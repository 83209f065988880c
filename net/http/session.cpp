#include "net/http/forwarded.hpp"
#include "net/http/session_parts.hpp"

#include <boost/asio/write.hpp>

#include <algorithm>
#include <vector>

namespace orderly {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds linger_time{2};
constexpr std::string_view continue_bytes = "HTTP/1.1 100 Continue\r\n\r\n";

/// What a socket for both families calls ::ffff:192.0.2.7.
asio::ip::address unmapped(const asio::ip::address& of) {
  return of.is_v6() && of.to_v6().is_v4_mapped() ? asio::ip::make_address_v4(asio::ip::v4_mapped, of.to_v6()) : of;
}

} // namespace

session::session(const session_context& context, std::weak_ptr<event_loop> loop, std::shared_ptr<session_set> siblings,
                 tcp::socket socket)
    : context_(context), limits_(context.shared->limits), loop_(std::move(loop)), siblings_(std::move(siblings)),
      socket_(std::move(socket)), timer_(socket_.get_executor()), parser_(limits_) {
  siblings_->insert(this);
  context_.shared->meter.connections.add(1);
  net_error ignored;
  const auto peer = unmapped(socket_.remote_endpoint(ignored).address());
  if (!ignored) {
    peer_ = peer.to_string();
    loopback_peer_ = peer.is_loopback();
    peer_is_proxy_ = context_.shared->is_proxy(peer_);
  }
  const auto own = socket_.local_endpoint(ignored);
  local_host_ = unmapped(own.address()).to_string();
  local_port_ = own.port();
}

session::~session() {
  end_stream(stream_end::gone);
  release_body();
  siblings_->erase(this);
  context_.shared->meter.connections.add(-1);
  context_.state->open.fetch_sub(1);
}

void session::drain() {
  net_error ignored;
  if (phase_ == phase::idle && socket_.available(ignored) == 0)
    close();
  else if (phase_ == phase::streaming)
    stream_->drain();
}

// --- reading
// --------------------------------------------------------------------------------------------------------------------
void session::next_request() {
  release_body();
  parser_.next();
  parser_.skip_blank_lines();
  if (!parser_.has_bytes()) {
    if (context_.state->closing)
      return close();
    enter(phase::idle, limits_.idle_timeout);
    return read();
  }
  begin_request();
  parse();
}

void session::begin_request() {
  began_ = steady_clock::now();
  enter(phase::head, limits_.header_timeout);
}

/// One read at a time. One that watched a stream's reader goes on as the one for the next request.
void session::read() {
  if (reading_)
    return;
  const auto room = parser_.room();
  if (room.empty())
    return refuse(header_too_large());
  reading_ = true;
  socket_.async_read_some(asio::buffer(room.data(), room.size()), [self = shared_from_this()](net_error ec, std::size_t n) {
    self->reading_ = false;
    self->on_read(ec, n);
  });
}

void session::on_read(net_error ec, std::size_t n) {
  switch (phase_) {
  case phase::idle:
  case phase::head:
  case phase::body: break;
  case phase::streaming:
    // A reader that has closed its half counts as gone: to find out by writing would take as long as the writer is silent. What
    // else comes is the next request; no more is read until its turn.
    if (ec)
      return cut();
    return parser_.commit(n);
  case phase::lingering: return ec ? close() : discard(n);
  case phase::answering:
  case phase::writing:
  case phase::closed: return; // the deadline was faster
  }
  if (ec) {
    if (phase_ != phase::idle)
      context_.shared->meter.rejected("truncated");
    return close();
  }
  parser_.commit(n);
  if (phase_ == phase::idle) {
    parser_.skip_blank_lines();
    if (!parser_.has_bytes())
      return read();
    begin_request();
  }
  slow_body_ = phase_ == phase::body;
  parse();
}

void session::parse() {
  for (;;) {
    const auto got = parser_.parse();
    if (got.result == request_parser::step::refused)
      return refuse(parser_.refusal());
    if (got.head_complete && !take_head(got.result == request_parser::step::whole))
      return;
    if (parser_.body_size() > max_body())
      return refuse(body_too_large());
    if (!claim_body())
      return refuse({"body_budget", error_code::overloaded, "The bodies of all requests together are at their limit."});
    if (got.result == request_parser::step::whole)
      return serve();
    if (got.result == request_parser::step::need_more)
      return read();
  }
}

/// Finds the route, which knows who asks, before anything of a body is read. False: an answer or an interim one is under way.
bool session::take_head(bool whole) {
  enter(phase::body, limits_.body_timeout);
  slow_body_ = false;
  terms_ = parser_.terms();
  const auto asked = request();
  over_tls_ = over_tls(asked);
  route_ = context_.site.find(asked);
  if (whole)
    return true;
  if (route_.ignores_body) {
    terms_.keep_alive = false; // what follows is of no use, and may be long
    return serve(), false;
  }
  if (parser_.announced_size() > max_body())
    return refuse(body_too_large()), false;
  if (parser_.expects_continue())
    return write_continue(), false;
  return true;
}

std::size_t session::max_body() const { return std::min(route_.max_body.value_or(limits_.max_body), limits_.max_body); }

/// Counts what the body has grown by. False: no more memory may go to bodies now.
bool session::claim_body() {
  const auto size = parser_.body_size();
  if (size > claimed_ && !context_.shared->bodies.take(size - claimed_))
    return false;
  claimed_ = size;
  return true;
}

void session::release_body() {
  context_.shared->bodies.give_back(claimed_);
  claimed_ = 0;
}

void session::write_continue() {
  asio::async_write(socket_, asio::buffer(continue_bytes), [self = shared_from_this()](net_error ec, std::size_t) {
    if (self->phase_ != phase::body)
      return;
    if (ec)
      return self->close();
    self->parser_.has_bytes() ? self->parse() : self->read();
  });
}

// --- ending
// ---------------------------------------------------------------------------------------------------------------------
/// Closing at once with unread input would reset the connection, and the client might lose the answer. So: say that nothing
/// more comes, read what still arrives for a short while, then close.
void session::linger() {
  net_error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  parser_.clear();
  enter(phase::lingering, linger_time);
  discard(0);
}

void session::discard(std::size_t n) {
  discarded_ += n;
  discarded_ > 16 * limits_.max_body ? close() : read();
}

void session::close() {
  phase_ = phase::closed;
  end_stream(stream_end::gone);
  net_error ignored;
  socket_.close(ignored);
  timer_.cancel();
}

// --- deadlines
// ------------------------------------------------------------------------------------------------------------------
/// One timer for all phases, which also keeps the session alive until close(), since nothing else does while the engine thinks.
/// It is moved only when the new deadline is earlier than the one it waits for; firing too early, it waits on.
void session::enter(phase next, std::chrono::milliseconds limit) {
  phase_ = next;
  deadline_ = steady_clock::now() + limit;
  if (!timer_armed_ || deadline_ < timer_.expiry())
    arm();
}

void session::arm() {
  timer_armed_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](net_error ec) {
    if (ec || self->phase_ == phase::closed)
      return;
    self->timer_armed_ = false;
    steady_clock::now() < self->deadline_ ? self->arm() : self->on_deadline();
  });
}

void session::on_deadline() {
  net_error ignored;
  switch (phase_) {
  case phase::head:
  case phase::body:
    socket_.cancel(ignored);
    context_.shared->meter.rejected("too_slow");
    return refuse_with({408, {}, {}, {}});
  case phase::answering: return finish(request_number_, late_());
  case phase::streaming: end_stream(sending_ ? stream_end::too_slow : stream_end::silent); return cut();
  case phase::idle:
  case phase::writing:
  case phase::lingering:
  case phase::closed: return close();
  }
}

void start_session(const session_context& context, std::weak_ptr<event_loop> loop, std::shared_ptr<session_set> siblings,
                   tcp::socket socket) {
  std::make_shared<session>(context, std::move(loop), std::move(siblings), std::move(socket))->start();
}

void drain_sessions(const session_set& sessions) {
  const std::vector<session*> now{sessions.begin(), sessions.end()}; // closing one does not end it before its handlers have run
  for (auto* one : now)
    one->drain();
}

} // namespace orderly
