#include "tools/sandbox/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <cctype>
#include <memory>

namespace orderly::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable); // errors as values
constexpr std::chrono::seconds idle_limit{60};
constexpr std::size_t max_body = 1 << 20;

request plain(const http::request<http::string_body>& from) {
  request made;
  made.method = std::string{from.method_string()};
  read_target(from.target(), made);
  made.body = from.body();
  for (const auto& field : from) {
    std::string name{field.name_string()};
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    made.headers[name] = std::string{field.value()};
  }
  return made;
}

response broken(fault kind, api& open_api, const request& call) {
  response made;
  switch (kind) {
  case fault::rate_limited:
    made = open_api.refuse(call, {36009002, 429, "Too many requests."});
    made.headers["Retry-After"] = "1";
    return made;
  case fault::server_error: return open_api.refuse(call, {36009003, 500, "Internal error."});
  case fault::html:
    made.status = 503;
    made.content_type = "text/html";
    made.body = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>";
    return made;
  case fault::close: break;
  }
  made.close = true;
  return made;
}

class front {
public:
  front(asio::io_context& loop, tcp::acceptor acceptor, api& open_api, control& own_api, obstacles& in_the_way)
      : loop_(loop), acceptor_(std::move(acceptor)), gates_(loop), api_(open_api), control_(own_api), obstacles_(in_the_way) {
    gates_.expires_at(asio::steady_timer::time_point::max());
    obstacles_.changed = [this] { gates_.cancel(); }; // wakes every call that waits; each looks again
  }

  asio::awaitable<void> accept_all() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(quietly);
      if (ec == asio::error::operation_aborted)
        co_return;
      if (!ec)
        asio::co_spawn(loop_, session(std::move(socket)), asio::detached);
    }
  }

private:
  asio::awaitable<void> session(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    boost::system::error_code ignored;
    stream.socket().set_option(tcp::no_delay{true}, ignored);
    beast::flat_buffer buffer;
    for (;;) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(max_body);
      stream.expires_after(idle_limit);
      const auto [read_error, read] = co_await http::async_read(stream, buffer, parser, quietly);
      if (read_error)
        break;
      const auto& message = parser.get();
      const bool keep = message.keep_alive();
      const auto call = plain(message);
      stream.expires_never(); // a gate may hold the answer for long
      const auto answer = co_await answer_to(call, stream);
      if (answer.close)
        break;
      http::response<http::string_body> out{static_cast<http::status>(answer.status), message.version(), answer.body};
      out.set(http::field::content_type, answer.content_type);
      for (const auto& [name, value] : answer.headers)
        out.set(name, value);
      out.keep_alive(keep);
      out.prepare_payload();
      stream.expires_after(idle_limit);
      const auto [write_error, written] = co_await http::async_write(stream, out, quietly);
      if (write_error || !keep)
        break;
    }
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  asio::awaitable<response> answer_to(const request& call, beast::tcp_stream& stream) {
    if (control::is_for(call))
      co_return control_.answer(call);
    if (!api_.is_valid(call)) // it is refused, and uses up neither a fault nor a place of the rate limit
      co_return api_.answer(call);
    const auto endpoint = endpoint_of(call);
    if (const auto kind = obstacles_.take_fault(endpoint))
      co_return broken(*kind, api_, call);
    if (api_.over_limit(endpoint))
      co_return broken(fault::rate_limited, api_, call);
    co_await hold_while(gate_mode::hold_before, endpoint);
    // A caller that died while it waited has sent nothing that counts: its call must not take effect after its death.
    if (hung_up(stream))
      co_return broken(fault::close, api_, call);
    const auto answer = api_.answer(call);
    co_await hold_while(gate_mode::hold_after, endpoint);
    co_return answer;
  }

  asio::awaitable<void> hold_while(gate_mode closed, std::string endpoint) {
    while (obstacles_.mode(endpoint) == closed) {
      ++obstacles_.waiting[endpoint];
      co_await gates_.async_wait(quietly);
      --obstacles_.waiting[endpoint];
    }
  }

  static bool hung_up(beast::tcp_stream& stream) {
    char byte = 0;
    boost::system::error_code ec;
    stream.socket().non_blocking(true, ec);
    const auto got = stream.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
    return ec ? ec != asio::error::would_block : got == 0;
  }

  asio::io_context& loop_;
  tcp::acceptor acceptor_;
  asio::steady_timer gates_;
  api& api_;
  control& control_;
  obstacles& obstacles_;
};

} // namespace

std::string serve(asio::io_context& loop, const std::string& listen, api& open_api, control& own_api, obstacles& in_the_way,
                  std::string& why) {
  const auto colon = listen.rfind(':');
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(listen.substr(0, colon), ec);
  unsigned long port = 0;
  if (!ec && colon != std::string::npos && colon + 1 < listen.size() &&
      std::all_of(listen.begin() + static_cast<std::ptrdiff_t>(colon) + 1, listen.end(),
                  [](unsigned char c) { return std::isdigit(c); }))
    port = std::stoul(listen.substr(colon + 1, 6));
  else
    ec = asio::error::invalid_argument;
  tcp::acceptor acceptor(loop);
  const tcp::endpoint where{address, static_cast<unsigned short>(port)};
  if (!ec && port < 65536)
    acceptor.open(where.protocol(), ec);
  if (!ec)
    acceptor.set_option(asio::socket_base::reuse_address{true}, ec);
  if (!ec)
    acceptor.bind(where, ec);
  if (!ec)
    acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec || port > 65535) {
    why = "cannot listen on " + listen + ": " + (ec ? ec.message() : "HOST:PORT is expected");
    return {};
  }
  const auto bound = acceptor.local_endpoint();
  auto made = std::make_shared<front>(loop, std::move(acceptor), open_api, own_api, in_the_way);
  asio::co_spawn(loop, made->accept_all(), [made](std::exception_ptr) {});
  return listen.substr(0, colon) + ":" + std::to_string(bound.port());
}

} // namespace orderly::sandbox
