// The TikTok client's connections: kept, lost, bounded and proven, against a real server in this process.

#include "tests/http/support/tiktok_calls.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

TEST_CASE("a call has one time limit; after a write left, its outcome is unknown") {
  scripted_server server{always(http_answer(no_orders), false, 4000)};
  client_of client{server.base(), 1s};
  const auto began = std::chrono::steady_clock::now();
  auto read = client.fetch({"1"});
  auto write = client.ship();
  CHECK(read.get().outcome.result == call_class::back_off);
  CHECK(write.get().outcome.result == call_class::outcome_unknown);
  CHECK(std::chrono::steady_clock::now() - began < 3s);
}

TEST_CASE("a connection that breaks off in the answer leaves a write unknown") {
  const auto whole = http_answer(accepted);
  for (const auto cut : {std::size_t{5}, whole.size() - 10}) {
    scripted_server server{always(whole.substr(0, cut), true)};
    client_of client{server.base()};
    CHECK(client.ship().get().outcome.result == call_class::outcome_unknown);
    CHECK(client.fetch({"1"}).get().outcome.result == call_class::back_off);
    CHECK(server.requests().size() == 2); // neither is repeated: an answer had begun
  }
}

TEST_CASE("when nothing could be sent, nothing happened") {
  std::string base;
  {
    scripted_server gone{always("")};
    base = gone.base();
  }
  client_of client{base};
  CHECK(client.ship().get().outcome.result == call_class::back_off);
}

TEST_CASE("a kept connection that the server has closed meanwhile is not used again") {
  scripted_server server{always(http_answer(accepted))};
  client_of client{server.base()};
  REQUIRE(client.ship().get().outcome.result == call_class::ok);
  server.hang_up();
  std::this_thread::sleep_for(50ms);
  CHECK(client.ship().get().outcome.result == call_class::ok);
  CHECK(server.requests().size() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE("when a kept connection dies under a request, a read is repeated once on a new one, a write is not") {
  const auto dies_second = [](const seen_request&, std::size_t index) {
    return index == 1 ? scripted_server::reply{"", true} : scripted_server::reply{http_answer(no_orders)};
  };
  {
    scripted_server server{dies_second};
    client_of client{server.base()};
    REQUIRE(client.fetch({"1"}).get().outcome.result == call_class::ok);
    CHECK(client.fetch({"1"}).get().outcome.result == call_class::ok);
    CHECK(server.requests().size() == 3);
    CHECK(server.connections() == 2);
  }
  {
    scripted_server server{dies_second};
    client_of client{server.base()};
    REQUIRE(client.fetch({"1"}).get().outcome.result == call_class::ok);
    CHECK(client.ship().get().outcome.result == call_class::outcome_unknown);
    CHECK(server.requests().size() == 2);
  }
}

TEST_CASE("no more connections than allowed are opened, the other calls wait, and the queue is bounded") {
  scripted_server server{always(http_answer(no_orders), false, 30)};
  client_of client{server.base(), 5s, 2, 4};
  std::vector<std::future<detail_reply>> calls;
  for (int i = 0; i < 12; ++i)
    calls.push_back(client.fetch({"1"}));
  int ok = 0, refused = 0;
  for (auto& call : calls) {
    const auto outcome = call.get().outcome;
    ok += outcome.result == call_class::ok ? 1 : 0;
    refused += outcome.result == call_class::back_off ? 1 : 0;
  }
  CHECK(ok >= 6);
  CHECK(refused >= 1);
  CHECK(ok + refused == 12);
  CHECK(server.connections() <= 2);
}

TEST_CASE("the client's end answers what is under way") {
  scripted_server server{always(http_answer(accepted), false, 2000)};
  auto client = std::make_unique<client_of>(server.base(), 5s, 1);
  auto under_way = client->ship(), waiting = client->ship();
  while (server.requests().empty())
    std::this_thread::sleep_for(5ms);
  client.reset();
  CHECK(under_way.get().outcome.result == call_class::outcome_unknown);
  CHECK(waiting.get().outcome.result == call_class::back_off);
}

TEST_CASE("over TLS the server must prove its name; connections are kept as well") {
  temp_dir folder;
  const auto pem = folder.file("server.pem");
  REQUIRE(std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
                       "-addext subjectAltName=DNS:localhost -keyout '" +
                       pem + "' -out '" + pem + ".crt' 2>/dev/null && cat '" + pem + ".crt' >> '" + pem + "'")
                          .c_str()) == 0);
  scripted_server server{always(http_answer(accepted)), pem};
  const auto named = "https://localhost:" + std::to_string(server.port());
  {
    client_of stranger{named}; // the certificate is not among those that this machine trusts
    CHECK(stranger.ship().get().outcome.result == call_class::back_off);
  }
  REQUIRE(::setenv("SSL_CERT_FILE", (pem + ".crt").c_str(), 1) == 0);
  client_of client{named}, misled{"https://127.0.0.1:" + std::to_string(server.port())};
  REQUIRE(::unsetenv("SSL_CERT_FILE") == 0);
  CHECK(misled.ship().get().outcome.result == call_class::back_off); // trusted, but another name
  CHECK(server.requests().empty());
  for (int i = 0; i < 3; ++i)
    CHECK(client.ship().get().outcome.result == call_class::ok);
  CHECK(server.connections() == 3); // the stranger's, the misled one's, and one for all three calls
}
