#include "net/http/session.hpp"

#include "net/http/problem.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>

namespace orderly {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using net_error = boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t read_size = 16 << 10;
constexpr std::chrono::seconds linger_time{2};
constexpr std::string_view continue_bytes = "HTTP/1.1 100 Continue\r\n\r\n";

/// What a parser's error means for the client; nothing of the connection can be trusted afterwards.
struct parse_refusal {
  std::string_view reason;
  error_code code;
  std::string_view message;
};
parse_refusal refusal_for(const net_error& ec) {
  if (ec == http::error::body_limit)
    return {"body_too_large", error_code::body_too_large, "The body is larger than this listener accepts."};
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return {"header_too_large", error_code::header_too_large, "The header is larger than this listener accepts."};
  return {"malformed", error_code::bad_request, "The request is not well-formed HTTP."};
}

} // namespace

class session final : public std::enable_shared_from_this<session> {
public:
  session(const session_context& context, std::weak_ptr<event_loop> loop, std::shared_ptr<session_set> siblings,
          tcp::socket socket)
      : context_(context), options_(context.shared->options), loop_(std::move(loop)), siblings_(std::move(siblings)),
        socket_(std::move(socket)), timer_(socket_.get_executor()), buffer_(options_.max_header + read_size) {
    siblings_->insert(this);
    context_.shared->meter.connections.add(1);
    net_error ignored;
    const auto peer = socket_.remote_endpoint(ignored).address();
    from_loopback_ = !ignored && peer.is_loopback();
  }
  ~session() {
    release_body();
    siblings_->erase(this);
    context_.shared->meter.connections.add(-1);
    context_.state->open.fetch_sub(1);
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void start() { next_request(); }
  void drain() {
    net_error ignored;
    if (phase_ == phase::idle && socket_.available(ignored) == 0)
      close();
  }

private:
  enum class phase : std::uint8_t { idle, head, body, answering, writing, lingering, closed };

  // --- reading ----------------------------------------------------------------------------------------------------------------
  void next_request() {
    release_body();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options_.max_header));
    parser_->body_limit(options_.max_body);
    parser_->eager(true);
    skip_blank_lines();
    if (buffer_.size() == 0) {
      if (context_.state->closing)
        return close();
      enter(phase::idle, options_.idle_timeout);
      return read();
    }
    enter(phase::head, options_.header_timeout);
    parse();
  }
  /// RFC 9112, 2.2: empty lines before a request line are ignored.
  void skip_blank_lines() {
    for (;;) {
      const auto seen = buffer_.data();
      const std::string_view text{static_cast<const char*>(seen.data()), seen.size()};
      if (!text.starts_with("\r\n"))
        return;
      buffer_.consume(2);
    }
  }
  void read() {
    const auto room = buffer_.max_size() - buffer_.size();
    if (room == 0)
      return refuse(refusal_for(http::make_error_code(http::error::buffer_overflow)));
    socket_.async_read_some(buffer_.prepare(std::min(room, read_size)),
                            [self = shared_from_this()](net_error ec, std::size_t n) { self->on_read(ec, n); });
  }
  void on_read(net_error ec, std::size_t n) {
    if (phase_ != phase::idle && phase_ != phase::head && phase_ != phase::body)
      return; // the deadline was faster
    if (ec) {
      if (phase_ != phase::idle)
        context_.shared->meter.rejected("truncated");
      return close();
    }
    buffer_.commit(n);
    if (phase_ == phase::idle) {
      skip_blank_lines();
      if (buffer_.size() == 0)
        return read();
      enter(phase::head, options_.header_timeout);
    }
    parse();
  }
  void parse() {
    for (;;) {
      net_error ec;
      const auto used = parser_->put(buffer_.data(), ec);
      buffer_.consume(used);
      if (phase_ == phase::head && parser_->is_header_done() && (!ec || ec == http::error::need_more)) {
        if (!has_host())
          return refuse({"malformed", error_code::bad_request, "HTTP/1.1 needs exactly one Host header."});
        if (!body_is_delimited())
          return refuse({"malformed", error_code::bad_request, "The only Transfer-Encoding known here is chunked, in HTTP/1.1."});
        enter(phase::body, options_.body_timeout);
        if (!parser_->is_done() && expects_continue())
          return write_continue();
      }
      if (!claim_body())
        return refuse({"body_budget", error_code::overloaded, "The bodies of all requests together are at their limit."});
      if (ec == http::error::need_more)
        return read();
      if (ec)
        return refuse(refusal_for(ec));
      if (parser_->is_done())
        return serve();
      if (buffer_.size() == 0)
        return read();
    }
  }
  [[nodiscard]] bool has_host() const {
    const auto& head = parser_->get();
    return head.version() < 11 || head.count(http::field::host) == 1;
  }
  /// RFC 9112, 6.1: Beast passes over a Transfer-Encoding that it does not know and takes the body for the next request, where a
  /// proxy in front may have seen one request. It refuses Content-Length beside chunked by itself.
  [[nodiscard]] bool body_is_delimited() const {
    const auto& head = parser_->get();
    const auto codings = head.count(http::field::transfer_encoding);
    return codings == 0 ||
           (codings == 1 && head.version() >= 11 && boost::beast::iequals(head[http::field::transfer_encoding], "chunked"));
  }
  [[nodiscard]] bool expects_continue() const {
    const auto& head = parser_->get();
    return head.version() >= 11 && boost::beast::iequals(head[http::field::expect], "100-continue");
  }
  [[nodiscard]] bool is_forwarded() const {
    const auto& head = parser_->get();
    return head.count("Forwarded") + head.count("X-Forwarded-For") + head.count("X-Real-IP") != 0;
  }
  /// Counts what the body has grown by. False: no more memory may go to bodies now.
  bool claim_body() {
    const auto size = parser_->get().body().size();
    if (size > claimed_ && !context_.shared->bodies.take(size - claimed_))
      return false;
    claimed_ = size;
    return true;
  }
  void release_body() {
    context_.shared->bodies.give_back(claimed_);
    claimed_ = 0;
  }
  void write_continue() {
    asio::async_write(socket_, asio::buffer(continue_bytes), [self = shared_from_this()](net_error ec, std::size_t) {
      if (self->phase_ != phase::body)
        return;
      if (ec)
        return self->close();
      self->buffer_.size() == 0 ? self->read() : self->parse();
    });
  }

  // --- answering --------------------------------------------------------------------------------------------------------------
  void serve() {
    auto& message = parser_->get();
    http_request request;
    request.method = message.method_string();
    request.target = message.target();
    request.from_loopback = from_loopback_ && !is_forwarded();
    const auto authorizations = message.count(http::field::authorization);
    request.authorization_repeated = authorizations > 1;
    if (authorizations == 1)
      request.authorization = message[http::field::authorization];
    if (const auto key = message.find("Idempotency-Key"); key != message.end())
      request.idempotency_key = key->value();
    request.idempotency_key_repeated = message.count("Idempotency-Key") > 1;
    request.body = std::make_shared<const std::string>(std::move(message.body()));
    terms_ = {message.keep_alive(), message.version() < 11, request.method == "HEAD"};
    began_ = steady_clock::now();
    const auto route = context_.site.find(request);
    label_ = route.label;
    late_ = route.late;
    enter(phase::answering, route.deadline);
    route.serve(request, make_responder(++request_number_));
  }
  responder_ptr make_responder(std::uint64_t number) {
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
  void finish(std::uint64_t number, http_response response) {
    if (phase_ != phase::answering || number != request_number_)
      return; // its deadline was faster
    context_.shared->meter.answered(context_.site.name(), label_, response.status, steady_clock::now() - began_);
    if (context_.state->closing)
      terms_.keep_alive = false;
    release_body(); // nobody needs it any more, however slowly the answer is read
    write(response);
  }
  /// Answers what no route has seen, and closes: the position in the stream is lost.
  void refuse(const parse_refusal& why) {
    context_.shared->meter.rejected(why.reason);
    refuse_with(problem(why.code, std::string{why.message}));
  }
  void refuse_with(const http_response& response) {
    context_.shared->meter.answered(context_.site.name(), "none", response.status, {});
    terms_ = {false, false, false};
    write(response);
  }
  void write(const http_response& response) {
    out_ = wire_bytes(response, terms_, context_.shared->parts.time.now());
    enter(phase::writing, options_.body_timeout);
    asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](net_error ec, std::size_t) {
      if (self->phase_ != phase::writing)
        return;
      if (ec)
        return self->close();
      self->terms_.keep_alive ? self->next_request() : self->linger();
    });
  }

  // --- ending -----------------------------------------------------------------------------------------------------------------
  /// Closing at once with unread input would reset the connection, and the client might lose the answer. So: say that nothing
  /// more comes, read what still arrives for a short while, then close.
  void linger() {
    net_error ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    enter(phase::lingering, linger_time);
    discard();
  }
  void discard() {
    socket_.async_read_some(buffer_.prepare(read_size), [self = shared_from_this()](net_error ec, std::size_t n) {
      if (self->phase_ != phase::lingering || ec)
        return self->close();
      self->discarded_ += n;
      self->discarded_ > 16 * self->options_.max_body ? self->close() : self->discard();
    });
  }
  void close() {
    phase_ = phase::closed;
    net_error ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

  // --- deadlines --------------------------------------------------------------------------------------------------------------
  /// One timer for all phases, which also keeps the session alive until close(), since nothing else does while the engine thinks.
  /// It is moved only when the new deadline is earlier than the one it waits for; firing too early, it waits on.
  void enter(phase next, std::chrono::milliseconds limit) {
    phase_ = next;
    deadline_ = steady_clock::now() + limit;
    if (!timer_armed_ || deadline_ < timer_.expiry())
      arm();
  }
  void arm() {
    timer_armed_ = true;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](net_error ec) {
      if (ec || self->phase_ == phase::closed)
        return;
      self->timer_armed_ = false;
      steady_clock::now() < self->deadline_ ? self->arm() : self->on_deadline();
    });
  }
  void on_deadline() {
    net_error ignored;
    switch (phase_) {
    case phase::head:
    case phase::body:
      socket_.cancel(ignored);
      context_.shared->meter.rejected("too_slow");
      return refuse_with({408, {}, {}, {}});
    case phase::answering: return finish(request_number_, late_());
    case phase::idle:
    case phase::writing:
    case phase::lingering:
    case phase::closed: return close();
    }
  }

  const session_context context_;
  const server_options& options_;
  std::weak_ptr<event_loop> loop_;
  std::shared_ptr<session_set> siblings_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string out_;
  phase phase_ = phase::idle;
  bool timer_armed_ = false;
  bool from_loopback_ = false;
  steady_clock::time_point deadline_{}, began_{};
  connection_terms terms_;
  std::string_view label_;
  http_response (*late_)() = nullptr;
  std::uint64_t request_number_ = 0;
  std::size_t claimed_ = 0; // of the budget for bodies
  std::size_t discarded_ = 0;
};

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
