#include "net/http/listener.hpp"

#include "base/log.hpp"
#include "net/http/event_loop.hpp"
#include "net/http/problem.hpp"
#include "net/http/session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <vector>

namespace orderly {

namespace asio = boost::asio;
using asio::ip::tcp;
using net_error = boost::system::error_code;

namespace {

/// After an accept failed for want of descriptors or memory.
constexpr std::chrono::milliseconds accept_pause{100};

error cannot_bind(const std::string& address, std::string why) {
  error e{error_code::bad_config, "Cannot listen on " + address + ": " + std::move(why), {}};
  e.details = {{"address", address}};
  return e;
}

result<tcp::endpoint> endpoint_of(asio::io_context& io, const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos)
    return cannot_bind(address, "it must be HOST:PORT");
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  net_error ec;
  const auto found =
      tcp::resolver{io}.resolve(host, address.substr(colon + 1), tcp::resolver::passive | tcp::resolver::numeric_service, ec);
  if (ec || found.empty())
    return cannot_bind(address, ec.message());
  return found.begin()->endpoint();
}

class tcp_listener final : public listener {
public:
  tcp_listener(std::size_t threads, std::unique_ptr<http_site> site, http_context_ptr shared)
      : site_(std::move(site)), shared_(std::move(shared)), context_{shared_, *site_, std::make_shared<listener_state>()} {
    workers_.resize(std::max<std::size_t>(threads, 1));
    acceptor_.emplace(workers_[0].loop->io);
    pause_.emplace(workers_[0].loop->io);
  }
  ~tcp_listener() override {
    for (auto& one : workers_)
      one.loop->stop(); // a late answer may hold a loop for a moment longer: its sessions refer to nothing of this object then
  }

  result<void> bind(const std::string& address) {
    const auto endpoint = endpoint_of(workers_[0].loop->io, address);
    if (!endpoint)
      return endpoint.error();
    net_error ec;
    acceptor_->open(endpoint->protocol(), ec);
    if (!ec)
      acceptor_->set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec)
      acceptor_->bind(*endpoint, ec);
    if (!ec)
      acceptor_->listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
      return cannot_bind(address, ec.message());
    const auto bound = acceptor_->local_endpoint();
    const auto host = bound.address().to_string();
    address_ = (bound.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(bound.port());
    return {};
  }
  [[nodiscard]] std::string address() const override { return address_; }
  void start() override {
    accept();
    for (auto& one : workers_)
      one.loop->run();
  }
  void stop_accepting() override {
    context_.state->closing = true;
    asio::post(workers_[0].loop->io, [this] {
      net_error ignored;
      acceptor_->close(ignored);
    });
    for (auto& one : workers_)
      asio::post(one.loop->io, [sessions = one.sessions] { drain_sessions(*sessions); });
  }
  [[nodiscard]] std::size_t open_connections() const override { return context_.state->open; }

private:
  struct worker {
    std::shared_ptr<session_set> sessions = std::make_shared<session_set>();
    event_loop_ptr loop = std::make_shared<event_loop>();
  };

  void accept() {
    next_ = (next_ + 1) % workers_.size();
    auto& to = workers_[next_];
    acceptor_->async_accept(to.loop->io, [this, &to](net_error ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted || !acceptor_->is_open())
        return;
      if (ec)
        return pause(ec);
      admit(to, std::move(socket));
      accept();
    });
  }
  void admit(worker& to, tcp::socket socket) {
    net_error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (context_.state->open.fetch_add(1) >= shared_->limits.max_connections) {
      context_.state->open.fetch_sub(1);
      shared_->meter.rejected("too_many_connections");
      return turn_away(socket);
    }
    asio::post(to.loop->io, [this, &to, socket = std::move(socket)]() mutable {
      start_session(context_, to.loop, to.sessions, std::move(socket));
    });
  }
  /// A fresh socket's send buffer takes this much without blocking.
  void turn_away(tcp::socket& socket) {
    net_error ignored;
    socket.non_blocking(true, ignored);
    auto response = problem(error_code::overloaded, "The limit of open connections is reached.");
    add_standing(response, site_->standing_headers(false));
    std::string bytes;
    append_head(bytes, response, {.keep_alive = false}, shared_->time.now());
    bytes += bytes_of(response.body);
    socket.write_some(asio::buffer(bytes), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }
  void pause(net_error why) {
    log(log_level::warn, "http.accept_failed", "A connection could not be accepted; trying again shortly",
        {{"why", why.message()}});
    pause_->expires_after(accept_pause);
    pause_->async_wait([this](net_error ec) {
      if (!ec && acceptor_->is_open())
        accept();
    });
  }

  std::unique_ptr<http_site> site_;
  http_context_ptr shared_;
  session_context context_;
  std::vector<worker> workers_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> pause_;
  std::string address_;
  std::size_t next_ = 0;
};

} // namespace

result<std::unique_ptr<listener>> make_listener(const std::string& address, std::size_t threads, std::unique_ptr<http_site> site,
                                                http_context_ptr shared) {
  auto made = std::make_unique<tcp_listener>(threads, std::move(site), std::move(shared));
  if (const auto bound = made->bind(address); !bound)
    return bound.error();
  return std::unique_ptr<listener>{std::move(made)};
}

} // namespace orderly
