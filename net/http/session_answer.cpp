#include "net/http/authority.hpp"
#include "net/http/problem.hpp"
#include "net/http/session_parts.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdio>

namespace orderly {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

/// Of a stream, in one write: what a reader must take within its patience.
constexpr std::size_t batch_size = 64 << 10;

} // namespace

http_request session::request() const {
  static const auto no_body = std::make_shared<const std::string>();
  http_request request;
  request.method = parser_.method();
  const auto target = split_target(parser_.target());
  request.authority = target.authority.empty() ? parser_.find("Host").value : target.authority;
  request.target = target.origin_form;
  request.local_host = local_host_;
  request.local_port = local_port_;
  request.fields = &parser_;
  request.peer = peer_;
  request.loopback_peer = loopback_peer_;
  request.peer_is_proxy = peer_is_proxy_;
  request.has_body = parser_.announces_body();
  request.began = began_;
  request.body = no_body;
  return request;
}

void session::serve() {
  auto request = this->request();
  request.body = std::make_shared<const std::string>(parser_.take_body());
  received_ = request.received = steady_clock::now();
  if (slow_body_) // whoever asked may have lost the right to while it came
    route_ = context_.site.find(request);
  const auto route = std::move(route_);
  label_ = route.label;
  late_ = route.time.late;
  enter(phase::answering, route.time.deadline);
  route.serve(request, make_responder(++request_number_));
}

responder_ptr session::make_responder(std::uint64_t number) {
  return std::make_shared<responder>([loop = loop_, self = weak_from_this(), number](http_response response) {
    const auto alive = loop.lock();
    if (!alive)
      return;
    asio::dispatch(alive->io, [self, number, response = std::move(response)]() mutable {
      if (const auto target = self.lock())
        target->finish(number, std::move(response));
    });
  });
}

void session::finish(std::uint64_t number, http_response response) {
  if (phase_ != phase::answering || number != request_number_)
    return; // its deadline was faster
  context_.shared->meter.answered(context_.site.name(), label_, response.status, steady_clock::now() - received_);
  if (context_.state->closing)
    terms_.keep_alive = false;
  release_body(); // nobody needs it any more, however slowly the answer is read
  write(std::move(response));
}

/// Answers what no route has seen, and closes: the position in the stream is lost.
void session::refuse(const parse_refusal& why) {
  context_.shared->meter.rejected(why.reason);
  refuse_with(problem(why.code, std::string{why.message}));
}

void session::refuse_with(http_response response) {
  context_.shared->meter.answered(context_.site.name(), "none", response.status, {});
  terms_ = {false, false, false};
  write(std::move(response));
}

void session::write(http_response response) {
  response_ = std::move(response);
  add_standing(response_, context_.site.standing_headers(over_tls_));
  const bool is_stream = std::holds_alternative<stream_body_ptr>(response_.body);
  if (is_stream && terms_.http_1_0)
    terms_.keep_alive = false;
  head_.clear();
  append_head(head_, response_, terms_, context_.shared->time.now());
  if (is_stream && !terms_.head_only)
    return start_stream();
  const auto body = terms_.head_only ? std::string_view{} : bytes_of(response_.body);
  if (is_stream)
    response_.body = std::string{}; // nobody will read it, as its writer hears by this
  enter(phase::writing, limits_.body_timeout);
  const std::array<asio::const_buffer, 2> all{asio::buffer(head_), asio::buffer(body)};
  asio::async_write(socket_, all, [self = shared_from_this()](net_error ec, std::size_t) {
    if (self->phase_ != phase::writing)
      return;
    if (ec)
      return self->close();
    self->after_answer();
  });
}

void session::after_answer() {
  response_ = {};
  terms_.keep_alive ? next_request() : linger();
}

// --- streams
// --------------------------------------------------------------------------------------------------------------------
void session::start_stream() {
  stream_ = std::move(std::get<stream_body_ptr>(response_.body));
  context_.shared->meter.streams.add(1);
  stream_->attach([loop = loop_, self = weak_from_this(), number = request_number_] {
    const auto alive = loop.lock();
    if (!alive)
      return;
    asio::post(alive->io, [self, number] {
      const auto target = self.lock();
      if (target && target->phase_ == phase::streaming && target->request_number_ == number && !target->sending_)
        target->send_stream();
    });
  });
  phase_ = phase::streaming;
  if (context_.state->closing)
    stream_->drain();
  send_stream();
  if (phase_ == phase::streaming && !parser_.has_bytes())
    read(); // to notice that the reader has gone
}

/// Sends what waits, the head with the first of it. Nothing is under way.
void session::send_stream() {
  stream_->take(batch_, batch_size);
  if (batch_.aborted) {
    end_stream(stream_end::aborted);
    return cut();
  }
  frame(batch_);
  if (buffers_.empty()) {
    if (batch_.last)
      return on_stream_sent({});
    return enter(phase::streaming, stream_->terms().writer_patience);
  }
  sending_ = true;
  enter(phase::streaming, stream_->terms().reader_patience);
  asio::async_write(socket_, buffers_, [self = shared_from_this(), number = request_number_](net_error ec, std::size_t) {
    if (self->phase_ == phase::streaming && self->request_number_ == number)
      self->on_stream_sent(ec);
  });
}

/// What goes on the wire for a batch, into buffers_; in HTTP/1.1 a batch is one chunk of the transfer coding (RFC 9112, 7.1).
void session::frame(const stream_body::batch& what) {
  buffers_.clear();
  if (!head_.empty())
    buffers_.push_back(asio::buffer(head_));
  const bool chunked = !terms_.http_1_0;
  if (chunked && what.bytes != 0) {
    char size[20];
    const auto length = std::snprintf(size, sizeof size, "%zx\r\n", what.bytes);
    chunk_head_.assign(size, static_cast<std::size_t>(length));
    buffers_.push_back(asio::buffer(chunk_head_));
  }
  for (const auto& piece : what.pieces)
    buffers_.push_back(asio::buffer(piece.bytes));
  constexpr std::string_view chunk_end = "\r\n0\r\n\r\n"; // cut to what is needed
  if (chunked && what.bytes != 0)
    buffers_.push_back(asio::buffer(chunk_end.substr(0, what.last ? chunk_end.size() : 2)));
  else if (chunked && what.last)
    buffers_.push_back(asio::buffer(chunk_end.substr(2)));
}

void session::on_stream_sent(net_error ec) {
  sending_ = false;
  if (ec)
    return cut();
  head_.clear();
  const bool last = batch_.last;
  stream_->sent(batch_);
  if (!last)
    return send_stream();
  end_stream(stream_end::finished);
  if (context_.state->closing)
    terms_.keep_alive = false;
  after_answer();
}

void session::end_stream(stream_end how) {
  if (!stream_)
    return;
  context_.shared->meter.streams.add(-1);
  context_.shared->meter.stream_ended(label_, name_of(how));
  const auto ended = std::move(stream_);
  stream_ = nullptr;
  batch_ = {};
  ended->end(how);
}

/// Ends the connection so that the reader cannot take what it got for the whole.
void session::cut() {
  net_error ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  close();
}

} // namespace orderly
