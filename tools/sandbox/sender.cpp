#include "tools/sandbox/sender.hpp"

#include "net/tiktok/signing.hpp"

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

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace orderly::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds answer_limit{3}; // sheet 6.1

struct target {
  tcp::endpoint where;
  std::string host, path;
};

std::optional<target> target_from(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme))
    return std::nullopt;
  const auto slash = url.find('/', scheme.size());
  const auto host = url.substr(scheme.size(), slash == std::string::npos ? slash : slash - scheme.size());
  const auto colon = host.rfind(':');
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(host.substr(0, colon), ec);
  const auto port = colon == std::string::npos ? std::string{"80"} : host.substr(colon + 1);
  if (ec || port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos ||
      std::stoi(port) > 65535)
    return std::nullopt;
  return target{
      {address, static_cast<unsigned short>(std::stoi(port))}, host, slash == std::string::npos ? "/" : url.substr(slash)};
}

std::int64_t real_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// The other side closed a kept connection meanwhile: sending on it would only look like a failed attempt.
bool stale(beast::tcp_stream& stream) {
  char byte = 0;
  boost::system::error_code ec;
  stream.socket().non_blocking(true, ec);
  stream.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
  return ec != asio::error::would_block;
}

} // namespace

struct sender::state : std::enable_shared_from_this<state> {
  state(asio::io_context& on, const settings& with, ledger& book)
      : loop(on), config(with), ledger_(book), random(with.seed ^ 0x7368u), free_slot(on) {
    free_slot.expires_at(asio::steady_timer::time_point::max());
  }

  asio::awaitable<void> deliver_queue(std::string order_id) {
    const auto self = shared_from_this();
    auto& queue = queues[order_id];
    while (!queue.empty()) {
      const auto what = queue.front();
      co_await deliver(what);
      queue.pop_front();
    }
    queues.erase(order_id);
  }

  asio::awaitable<void> deliver_late(webhook what) {
    const auto self = shared_from_this();
    co_await wait(std::chrono::milliseconds{static_cast<std::int64_t>(random() % 4) * config.step.count()});
    co_await deliver(std::move(what));
  }

  /// All attempts of one webhook.
  asio::awaitable<void> deliver(webhook what) {
    for (std::size_t failures = 0;;) {
      const auto status = co_await attempt(what);
      if (status == 200) {
        if (random() % 100 < config.duplicate_percent)
          co_await attempt(what);
        ledger_.settled(what, "delivered");
        co_return;
      }
      if (status == 401 || failures == config.retry_delays.size()) {
        ledger_.settled(what, status == 401 ? "refused" : "given_up");
        co_return;
      }
      const auto pause = config.retry_delays[failures++];
      co_await wait(pause);
    }
  }

  /// The HTTP status, 0 when there was no answer within the limit.
  asio::awaitable<unsigned> attempt(const webhook& what) {
    while (in_use >= config.connections)
      co_await free_slot.async_wait(quietly);
    ++in_use;
    const auto sent_at = real_ms();
    const auto got = co_await exchange(what);
    --in_use;
    free_slot.cancel_one();
    ledger_.attempted(what, got, sent_at);
    co_return got.status;
  }

  asio::awaitable<webhook_answer> exchange(const webhook& what) {
    const auto to = *url; // a copy: the address may change meanwhile
    auto stream = take_connection();
    if (!stream) {
      stream = std::make_unique<beast::tcp_stream>(loop);
      stream->expires_after(answer_limit);
      const auto [connect_error] = co_await stream->async_connect(to.where, quietly);
      if (connect_error)
        co_return webhook_answer{};
      boost::system::error_code ignored;
      stream->socket().set_option(tcp::no_delay{true}, ignored);
    }
    http::request<http::string_body> out{http::verb::post, to.path, 11, what.body};
    out.set(http::field::host, to.host);
    out.set(http::field::content_type, "application/json");
    out.set(http::field::authorization, sign_webhook(config.app_key, config.app_secret, what.body));
    out.prepare_payload();
    stream->expires_after(answer_limit);
    const auto [write_error, written] = co_await http::async_write(*stream, out, quietly);
    if (write_error)
      co_return webhook_answer{};
    beast::flat_buffer buffer;
    http::response<http::string_body> in;
    const auto [read_error, read] = co_await http::async_read(*stream, buffer, in, quietly);
    if (read_error)
      co_return webhook_answer{};
    if (in.keep_alive() && url->where == to.where) {
      stream->expires_never();
      idle.push_back(std::move(stream));
    }
    co_return webhook_answer{in.result_int(), in.body().size()};
  }

  std::unique_ptr<beast::tcp_stream> take_connection() {
    while (!idle.empty()) {
      auto stream = std::move(idle.back());
      idle.pop_back();
      if (!stale(*stream))
        return stream;
    }
    return nullptr;
  }

  asio::awaitable<void> wait(std::chrono::milliseconds pause) {
    asio::steady_timer timer(loop, pause);
    co_await timer.async_wait(quietly);
  }

  asio::io_context& loop;
  const settings config;
  ledger& ledger_;
  std::mt19937_64 random;
  asio::steady_timer free_slot;
  std::optional<target> url;
  std::size_t in_use = 0;
  std::vector<std::unique_ptr<beast::tcp_stream>> idle;
  std::map<std::string, std::deque<webhook>> queues;
};

sender::sender(asio::io_context& loop, const settings& with, ledger& book) : state_(std::make_shared<state>(loop, with, book)) {}
sender::~sender() = default;

bool sender::set_url(const std::string& url) {
  auto to = target_from(url);
  if (!to)
    return false;
  state_->url = std::move(to);
  state_->idle.clear();
  return true;
}

void sender::send(webhook what) {
  if (!state_->url) {
    state_->ledger_.settled(what, "no_url");
    return;
  }
  if (state_->config.shuffle) {
    asio::co_spawn(state_->loop, state_->deliver_late(std::move(what)), asio::detached);
    return;
  }
  const auto id = what.order_id;
  auto& queue = state_->queues[id];
  queue.push_back(std::move(what));
  if (queue.size() == 1)
    asio::co_spawn(state_->loop, state_->deliver_queue(id), asio::detached);
}

} // namespace orderly::sandbox
