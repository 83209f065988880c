#pragma once
// The session as its own files see it: session.cpp reads, waits and ends, session_answer.cpp answers.

#include "net/http/request_parser.hpp"
#include "net/http/session.hpp"
#include "net/http/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace orderly {

class session final : public std::enable_shared_from_this<session> {
public:
  session(const session_context& context, std::weak_ptr<event_loop> loop, std::shared_ptr<session_set> siblings,
          boost::asio::ip::tcp::socket socket);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void start() { next_request(); }
  void drain();

private:
  using net_error = boost::system::error_code;
  enum class phase : std::uint8_t { idle, head, body, answering, writing, streaming, lingering, closed };

  // Reading.
  void next_request();
  void read();
  void on_read(net_error ec, std::size_t n);
  void parse();
  [[nodiscard]] bool take_head(bool whole);
  [[nodiscard]] std::size_t max_body() const;
  [[nodiscard]] bool claim_body();
  void release_body();
  void write_continue();

  // Answering.
  [[nodiscard]] http_request request() const;
  void serve();
  responder_ptr make_responder(std::uint64_t number);
  void finish(std::uint64_t number, http_response response);
  void refuse(const parse_refusal& why);
  void refuse_with(http_response response);
  void write(http_response response);
  void after_answer();

  // Streaming.
  void start_stream();
  void send_stream();
  void frame(const stream_body::batch& what);
  void on_stream_sent(net_error ec);
  void end_stream(stream_end how);
  void cut();

  // Ending.
  void linger();
  void discard(std::size_t n);
  void close();

  // Deadlines.
  void begin_request();
  void enter(phase next, std::chrono::milliseconds limit);
  void arm();
  void on_deadline();

  const session_context context_;
  const http_limits& limits_;
  std::weak_ptr<event_loop> loop_;
  std::shared_ptr<session_set> siblings_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  request_parser parser_;
  phase phase_ = phase::idle;
  bool timer_armed_ = false, reading_ = false;
  bool loopback_peer_ = false, peer_is_proxy_ = false;
  std::string peer_, local_host_;
  std::uint16_t local_port_ = 0;
  std::chrono::steady_clock::time_point deadline_{}, began_{}, received_{}; // the last two: a request's first and last byte
  connection_terms terms_;
  http_route route_; // of the request that is being read
  bool slow_body_ = false, over_tls_ = false;
  std::string_view label_;
  http_response (*late_)() = nullptr;
  std::uint64_t request_number_ = 0;
  std::size_t claimed_ = 0;   // of the budget for bodies
  std::size_t discarded_ = 0; // bytes, while lingering

  // The answer that is being written.
  http_response response_;
  std::string head_;
  // And of a stream.
  stream_body_ptr stream_;
  stream_body::batch batch_;
  std::vector<boost::asio::const_buffer> buffers_;
  std::string chunk_head_;
  bool sending_ = false;
};

} // namespace orderly
