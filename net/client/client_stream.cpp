#include "net/client/client_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <sys/socket.h>

namespace orderly {

namespace asio = boost::asio;
using asio::ip::tcp;
using net_error = boost::system::error_code;

namespace {

void connect_socket(tcp::socket& socket, const tcp::resolver::results_type& to, std::function<void(net_error)> done) {
  asio::async_connect(socket, to, [&socket, done = std::move(done)](net_error ec, const tcp::endpoint&) {
    net_error ignored;
    if (!ec)
      socket.set_option(tcp::no_delay(true), ignored);
    done(ec);
  });
}

bool is_quiet_socket(tcp::socket& socket) {
  char byte = 0;
  const auto n = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

class plain_stream final : public client_stream {
public:
  explicit plain_stream(asio::io_context& io) : socket_(io) {}
  void connect(const tcp::resolver::results_type& to, std::function<void(net_error)> done) override {
    connect_socket(socket_, to, std::move(done));
  }
  void read_some(asio::mutable_buffer into, moved done) override { socket_.async_read_some(into, std::move(done)); }
  void write(asio::const_buffer bytes, moved done) override { asio::async_write(socket_, bytes, std::move(done)); }
  void close() override {
    net_error ignored;
    socket_.close(ignored);
  }
  [[nodiscard]] bool is_quiet() override { return socket_.is_open() && is_quiet_socket(socket_); }

private:
  tcp::socket socket_;
};

class tls_stream final : public client_stream {
public:
  tls_stream(asio::io_context& io, asio::ssl::context& tls, const std::string& host) : stream_(io, tls), host_(host) {
    stream_.set_verify_callback(asio::ssl::host_name_verification(host));
  }
  void connect(const tcp::resolver::results_type& to, std::function<void(net_error)> done) override {
    connect_socket(stream_.next_layer(), to, [this, done = std::move(done)](net_error ec) {
      if (ec)
        return done(ec);
      SSL_set_tlsext_host_name(stream_.native_handle(), host_.c_str());
      stream_.async_handshake(asio::ssl::stream_base::client, done);
    });
  }
  void read_some(asio::mutable_buffer into, moved done) override { stream_.async_read_some(into, std::move(done)); }
  void write(asio::const_buffer bytes, moved done) override { asio::async_write(stream_, bytes, std::move(done)); }
  void close() override {
    net_error ignored;
    stream_.next_layer().close(ignored);
  }
  [[nodiscard]] bool is_quiet() override { return stream_.next_layer().is_open() && is_quiet_socket(stream_.next_layer()); }

private:
  asio::ssl::stream<tcp::socket> stream_;
  const std::string host_;
};

} // namespace

std::unique_ptr<client_stream> make_plain_stream(asio::io_context& io) { return std::make_unique<plain_stream>(io); }

std::unique_ptr<client_stream> make_tls_stream(asio::io_context& io, asio::ssl::context& tls, const std::string& host) {
  return std::make_unique<tls_stream>(io, tls, host);
}

} // namespace orderly
