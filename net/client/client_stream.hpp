#pragma once
// A byte stream to a server, plain or TLS, behind one small interface. Used on one event loop only.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace orderly {

class client_stream {
public:
  /// @param n bytes moved, also when there was an error
  using moved = std::function<void(boost::system::error_code ec, std::size_t n)>;

  virtual ~client_stream() = default;
  /// Tries the addresses in turn; with TLS also the handshake and the check of the server's name.
  virtual void connect(const boost::asio::ip::tcp::resolver::results_type& to,
                       std::function<void(boost::system::error_code)> done) = 0;
  virtual void read_some(boost::asio::mutable_buffer into, moved done) = 0;
  virtual void write(boost::asio::const_buffer bytes, moved done) = 0;
  /// Pending operations end with an error.
  virtual void close() = 0;
  /// Still open and nothing unasked has arrived: a connection that waits for its next request. What a server sends then is its
  /// goodbye.
  [[nodiscard]] virtual bool is_quiet() = 0;
};

std::unique_ptr<client_stream> make_plain_stream(boost::asio::io_context& io);
/// @param host sent as SNI and checked against the certificate
std::unique_ptr<client_stream> make_tls_stream(boost::asio::io_context& io, boost::asio::ssl::context& tls,
                                               const std::string& host);

} // namespace orderly
