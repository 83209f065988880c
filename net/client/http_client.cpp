#include "net/client/http_client.hpp"

#include "net/client/client_stream.hpp"
#include "net/http/event_loop.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <deque>
#include <set>
#include <vector>

namespace orderly {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using net_error = boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t read_size = 16 << 10, max_header = 64 << 10;
constexpr std::chrono::seconds max_idle{30}; ///< servers close idle connections; do not race them

struct server_name {
  bool tls = false;
  std::string host, port, host_header;
};

result<server_name> parse_base(const std::string& base) {
  const error bad{
      error_code::bad_config, "tiktok.api_base must be http://HOST[:PORT] or https://HOST[:PORT].", {{"found", base}}};
  const auto url = boost::urls::parse_uri(base);
  if (!url || url->host().empty() || url->has_userinfo() || url->has_query() || url->has_fragment() ||
      (!url->encoded_path().empty() && url->encoded_path() != "/"))
    return bad;
  server_name out;
  out.tls = url->scheme() == "https";
  if (!out.tls && url->scheme() != "http")
    return bad;
  out.host = url->host_address();
  out.port = url->port().empty() ? (out.tls ? "443" : "80") : std::string{url->port()};
  out.host_header = std::string{url->encoded_host_and_port()};
  return out;
}

std::string request_bytes(const http_client_request& request, const std::string& host) {
  std::string out = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: orderly\r\n";
  for (const auto& [name, value] : request.headers)
    out += name + ": " + value + "\r\n";
  if (!request.body.empty() || request.method != "GET")
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  out += "\r\n";
  out += request.body;
  return out;
}

struct connection {
  std::unique_ptr<client_stream> stream;
  boost::beast::flat_buffer buffer;
  steady_clock::time_point idle_since{};
  bool used_before = false;
};
using connection_ptr = std::shared_ptr<connection>;

/// A call under way. Handlers hold it; `finished` makes late ones harmless.
struct exchange {
  exchange(http_client_call what, asio::io_context& io) : call(std::move(what)), timer(io) {}
  http_client_call call;
  asio::steady_timer timer;
  connection_ptr over;
  std::string bytes;
  std::optional<http::response_parser<http::string_body>> parser;
  bool has_place = false; ///< counted in busy_
  bool left = false, answer_began = false, repeated = false, finished = false;
};
using exchange_ptr = std::shared_ptr<exchange>;

class pooled_client final : public http_client {
public:
  pooled_client(const http_client_options& options, server_name server)
      : options_(options), server_(std::move(server)), tls_(asio::ssl::context::tls_client),
        loop_(std::make_unique<event_loop>()), resolver_(std::in_place, loop_->io) {
    tls_.set_options(asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                     asio::ssl::context::no_tlsv1_1);
    tls_.set_default_verify_paths();
    tls_.set_verify_mode(asio::ssl::verify_peer);
    loop_->run();
  }
  ~pooled_client() override {
    asio::post(loop_->io, [this] { // what was sent before is in the queue before this
      stopping_ = true;
      while (!active_.empty())
        fail(*active_.begin(), "the client is stopping");
      asio::post(loop_->io, [this] { loop_->io.stop(); }); // after what the callbacks may have sent
    });
    loop_->join();
    idle_.clear();
    resolver_.reset();
  }

  void send(http_client_call call) override {
    asio::post(loop_->io, [this, call = std::move(call)]() mutable { accept(std::move(call)); });
  }

private:
  void accept(http_client_call call) {
    if (stopping_ || waiting_.size() >= options_.queue_limit)
      return call.done({{}, false, stopping_ ? "the client is stopping" : "too many calls are waiting"});
    auto work = std::make_shared<exchange>(std::move(call), loop_->io);
    active_.insert(work);
    work->timer.expires_at(work->call.deadline);
    work->timer.async_wait([this, work](net_error ec) {
      if (!ec)
        fail(work, "no whole answer in time");
    });
    waiting_.push_back(std::move(work));
    pump();
  }
  void pump() {
    while (!stopping_ && !waiting_.empty() && busy_ < options_.connections) {
      auto work = std::move(waiting_.front());
      waiting_.pop_front();
      if (work->finished)
        continue;
      ++busy_;
      work->has_place = true;
      begin(work, true);
    }
  }
  void begin(const exchange_ptr& work, bool may_reuse) {
    work->over = may_reuse ? take_idle() : nullptr;
    if (work->over)
      return write(work);
    work->over = std::make_shared<connection>();
    work->over->stream = server_.tls ? make_tls_stream(loop_->io, tls_, server_.host) : make_plain_stream(loop_->io);
    resolver_->async_resolve(server_.host, server_.port, [this, work](net_error ec, const tcp::resolver::results_type& found) {
      if (work->finished)
        return;
      if (ec)
        return fail(work, "the name cannot be resolved: " + ec.message());
      work->over->stream->connect(found, [this, work](net_error failed) {
        if (work->finished)
          return;
        failed ? fail(work, "cannot connect: " + failed.message()) : write(work);
      });
    });
  }
  connection_ptr take_idle() {
    while (!idle_.empty()) {
      auto newest = std::move(idle_.back());
      idle_.pop_back();
      if (steady_clock::now() - newest->idle_since < max_idle && newest->stream->is_quiet())
        return newest;
      newest->stream->close();
    }
    return nullptr;
  }
  void write(const exchange_ptr& work) {
    const auto request = work->call.build();
    if (!request)
      return fail(work, "the call was called off");
    work->bytes = request_bytes(*request, server_.host_header);
    start_parser(*work);
    work->over->buffer.clear();
    work->left = true; // until the write says that nothing went out
    work->over->stream->write(asio::buffer(work->bytes), [this, work](net_error ec, std::size_t n) {
      if (work->finished)
        return;
      if (!ec)
        return read(work);
      work->left = n != 0 || server_.tls;
      if (work->over->used_before && !work->repeated && (!work->left || work->call.repeatable))
        return repeat(work);
      fail(work, "the request could not be sent: " + ec.message());
    });
  }
  void start_parser(exchange& work) const {
    work.parser.emplace();
    work.parser->header_limit(max_header);
    work.parser->body_limit(options_.max_response);
    work.parser->eager(true);
  }
  void read(const exchange_ptr& work) {
    work->over->stream->read_some(work->over->buffer.prepare(read_size), [this, work](net_error ec, std::size_t n) {
      if (work->finished)
        return;
      if (ec)
        return on_read_error(work, ec);
      work->answer_began = true;
      work->over->buffer.commit(n);
      parse(work);
    });
  }
  void parse(const exchange_ptr& work) {
    auto& buffer = work->over->buffer;
    for (;;) {
      net_error ec;
      buffer.consume(work->parser->put(buffer.data(), ec));
      if (work->parser->is_done() && work->parser->get().result_int() >= 200)
        return succeed(work);
      if (work->parser->is_done()) { // 1xx: the answer is still to come
        start_parser(*work);
        continue;
      }
      if (ec && ec != http::error::need_more)
        return fail(work, "the answer is not HTTP, or too large: " + ec.message());
      if (ec || buffer.size() == 0)
        return read(work);
    }
  }
  void on_read_error(const exchange_ptr& work, net_error ec) {
    if (!work->answer_began && work->over->used_before && work->call.repeatable && !work->repeated)
      return repeat(work);
    net_error ended;
    if (work->answer_began && work->parser->is_header_done()) // a body without a length ends with the connection
      work->parser->put_eof(ended);
    if (work->answer_began && !ended && work->parser->is_done() && ec == asio::error::eof)
      return succeed(work);
    fail(work, "the connection broke: " + ec.message());
  }
  void repeat(const exchange_ptr& work) {
    work->repeated = true;
    work->left = false;
    work->over->stream->close();
    begin(work, false);
  }

  void succeed(const exchange_ptr& work) {
    auto& message = work->parser->get();
    http_client_outcome out;
    out.left = true;
    out.response.emplace();
    out.response->status = static_cast<int>(message.result_int());
    out.response->date = std::string{message[http::field::date]};
    out.response->retry_after = std::string{message[http::field::retry_after]};
    out.response->body = std::move(message.body());
    if (message.keep_alive() && work->over->buffer.size() == 0) {
      work->over->used_before = true;
      work->over->idle_since = steady_clock::now();
      idle_.push_back(std::move(work->over));
    }
    finish(work, std::move(out));
  }
  void fail(const exchange_ptr& failed, std::string why) {
    const auto work = failed; // the caller's reference may be the set's own
    finish(work, {{}, work->left, std::move(why)});
  }
  void finish(const exchange_ptr& work, http_client_outcome out) {
    if (work->finished)
      return;
    work->finished = true;
    work->timer.cancel();
    if (work->over && work->over->stream)
      work->over->stream->close();
    active_.erase(work);
    if (work->has_place)
      --busy_;
    const auto done = std::move(work->call.done);
    done(std::move(out));
    pump();
  }

  const http_client_options options_;
  const server_name server_;
  asio::ssl::context tls_;
  std::unique_ptr<event_loop> loop_;
  std::optional<tcp::resolver> resolver_;
  std::deque<exchange_ptr> waiting_;
  std::set<exchange_ptr> active_;
  std::vector<connection_ptr> idle_;
  std::size_t busy_ = 0;
  bool stopping_ = false;
};

} // namespace

result<std::unique_ptr<http_client>> make_http_client(const http_client_options& options) {
  auto server = parse_base(options.base);
  if (!server)
    return server.error();
  return std::unique_ptr<http_client>{std::make_unique<pooled_client>(options, std::move(*server))};
}

} // namespace orderly
