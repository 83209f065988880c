// tiktok-sandbox: a TikTok Shop of one's own. One thread; everything happens on one io_context.

#include "base/exit_code.hpp"
#include "tools/sandbox/sender.hpp"
#include "tools/sandbox/server.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace orderly::sandbox;
using std::chrono::milliseconds;

using orderly::exit_code;

struct command_line {
  settings with;
  std::string listen = "127.0.0.1:0", ready_file, ledger_file;
  std::size_t orders = 0;
  std::int64_t step_ms = 500;
  std::vector<std::int64_t> retry_ms;
};

/// Nothing: go on.
std::optional<exit_code> read_command_line(int argc, char** argv, command_line& into) {
  CLI::App app{"A TikTok Shop of one's own for development and tests: serves the Open API, strictly, and pushes signed webhooks.",
               "tiktok-sandbox"};
  auto& with = into.with;
  app.set_version_flag("--version", "tiktok-sandbox " ORDERLY_VERSION);
  app.add_option("--listen", into.listen, "HOST:PORT to serve on; port 0 takes a free one")->capture_default_str();
  app.add_option("--ready-file", into.ready_file, "Write {pid, listen} as JSON there once calls are served");
  app.add_option("--ledger-file", into.ledger_file, "Keep the ledger there as JSON, on change and at the end");
  app.add_option("--webhook-url", with.webhook_url, "http://HOST:PORT/PATH of the receiver; also set by POST /_sandbox/webhook");
  app.add_option("--orders", into.orders, "Orders to create at the start")->capture_default_str();
  app.add_option("--seed", with.seed, "The same seed gives the same orders")->capture_default_str();
  app.add_option("--step-ms", into.step_ms, "Real time between two statuses, give or take half")
      ->capture_default_str()
      ->check(CLI::Range(1, 86'400'000));
  app.add_option("--duplicate-percent", with.duplicate_percent, "Answered webhooks that are sent once more")
      ->check(CLI::Range(0, 100));
  app.add_option("--address-change-percent", with.address_change_percent,
                 "Orders whose address changes before shipping (topic 3)")
      ->capture_default_str()
      ->check(CLI::Range(0, 100));
  app.add_flag("--shuffle", with.shuffle, "Let webhooks of one order overtake each other");
  app.add_option("--retry-ms", into.retry_ms, "Pauses after the first, second, ... failed attempt of a webhook")->delimiter(',');
  app.add_option("--connections", with.connections, "Connections to the receiver at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--rate-limit", with.rate_limit, "Calls a second and endpoint before 429; 0 for none")->capture_default_str();
  app.add_option("--app-key", with.app_key, "The app's key")->capture_default_str();
  app.add_option("--app-secret", with.app_secret, "The app's secret")->envname("TIKTOK_SANDBOX_APP_SECRET");
  app.add_option("--access-token", with.access_token, "What x-tts-access-token must say")->envname("TIKTOK_SANDBOX_ACCESS_TOKEN");
  app.add_option("--shop-id", with.shop_id, "The shop's id in webhooks")->capture_default_str();
  app.add_option("--shop-cipher", with.shop_cipher, "The shop's cipher in calls")->capture_default_str();
  app.footer(
      "The sandbox's own API: POST /_sandbox/orders {count, age_s}, GET /_sandbox/orders[/ID],\n"
      "POST /_sandbox/orders/ID/cancel, POST /_sandbox/orders/ID/step, GET /_sandbox/ledger, POST /_sandbox/webhook {url},\n"
      "GET|POST /_sandbox/gate {endpoint, mode},\n"
      "POST /_sandbox/fault {endpoint, kind, count}.\nExit codes: 0 done, 64 bad usage, 69 the address cannot be bound.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? exit_code::done : exit_code::usage;
  }
  with.step = milliseconds{into.step_ms};
  if (!into.retry_ms.empty())
    with.retry_delays.clear();
  for (const auto pause : into.retry_ms)
    with.retry_delays.emplace_back(pause);
  return std::nullopt;
}

/// Readers never see half a file. A new one each time, so that no link of somebody's is written through.
bool write_file(const std::string& path, const std::string& text) {
  const auto part = path + ".part";
  std::remove(part.c_str());
  auto* const out = std::fopen(part.c_str(), "wxe");
  if (!out)
    return false;
  const bool written = std::fputs((text + '\n').c_str(), out) >= 0;
  return std::fclose(out) == 0 && written && std::rename(part.c_str(), path.c_str()) == 0;
}

class ledger_file {
public:
  ledger_file(asio::io_context& loop, std::string path, const ledger& book) : timer_(loop), path_(std::move(path)), book_(book) {}
  void keep() {
    if (path_.empty())
      return;
    write();
    timer_.expires_after(milliseconds{200});
    timer_.async_wait([this](boost::system::error_code ec) {
      if (!ec)
        keep();
    });
  }
  void write() {
    if (path_.empty() || written_ == book_.version())
      return;
    written_ = book_.version();
    if (!write_file(path_, json::serialize(book_.to_json())))
      std::cerr << "tiktok-sandbox: cannot write " << path_ << '\n';
  }

private:
  asio::steady_timer timer_;
  std::string path_;
  const ledger& book_;
  std::uint64_t written_ = ~std::uint64_t{0};
};

std::int64_t real_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

exit_code run(command_line& line) {
  asio::io_context loop(1);
  ledger book(real_ms);
  sender push(loop, line.with, book);
  if (!line.with.webhook_url.empty() && !push.set_url(line.with.webhook_url)) {
    std::cerr << "tiktok-sandbox: --webhook-url " << line.with.webhook_url << ": http://IP:PORT/PATH is expected\n";
    return exit_code::usage;
  }
  const auto after = [&loop](milliseconds pause, std::function<void()> then) {
    auto timer = std::make_shared<asio::steady_timer>(loop, pause);
    timer->async_wait([timer, then = std::move(then)](boost::system::error_code ec) {
      if (!ec)
        then();
    });
  };
  shop floor(line.with,
             {.now = [] { return real_ms() / 1000; }, .after = after, .send = [&push](webhook w) { push.send(std::move(w)); }},
             book);
  obstacles in_the_way;
  api open_api(floor, book);
  control own_api(floor, book, in_the_way, [&push](const std::string& url) { return push.set_url(url); });

  std::string why;
  const auto listen = serve(loop, line.listen, open_api, own_api, in_the_way, why);
  if (listen.empty()) {
    std::cerr << "tiktok-sandbox: " << why << '\n';
    return exit_code::unavailable;
  }
  if (!line.ready_file.empty() &&
      !write_file(line.ready_file, json::serialize(json::object{{"pid", ::getpid()}, {"listen", listen}}))) {
    std::cerr << "tiktok-sandbox: cannot write " << line.ready_file << '\n';
    return exit_code::unavailable;
  }
  std::cout << "tiktok-sandbox: shop " << line.with.shop_id << " on http://" << listen << ", seed " << line.with.seed
            << std::endl;
  asio::signal_set stop(loop, SIGINT, SIGTERM);
  stop.async_wait([&loop](boost::system::error_code, int) { loop.stop(); });
  ledger_file kept(loop, line.ledger_file, book);
  kept.keep();
  floor.create_orders(line.orders);
  loop.run();
  kept.write();
  if (!line.ready_file.empty())
    std::remove(line.ready_file.c_str());
  return exit_code::done;
}

} // namespace

int main(int argc, char** argv) {
  command_line line;
  if (const auto code = read_command_line(argc, argv, line))
    return static_cast<int>(*code);
  return static_cast<int>(run(line));
}
