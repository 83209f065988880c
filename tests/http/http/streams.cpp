// Bodies that are written while they are sent: in order, in bounded memory, with readers and writers that are slow or leave.

#include "tests/http/support/served_site.hpp"
#include "tests/http/support/told_stream.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <mutex>
#include <thread>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;

namespace {

/// GET /stream answers with it, GET /text with a text.
site_handlers serving(const told_ptr& one) {
  return {{"/stream",
           [one](const http_request&, const responder_ptr& to) {
             to->answer({200, "text/event-stream", std::move(one->body), {{"Cache-Control", "no-store"}}});
           }},
          {"/text", [](const http_request&, const responder_ptr& to) {
             to->answer({200, "text/plain", "text", {}});
           }}};
}

template <class Done>
void wait_until(Done done) {
  for (int tries = 0; tries < 5000 && !done(); ++tries)
    std::this_thread::sleep_for(1ms);
  CHECK(done());
}

std::string ended(std::string_view how) {
  return R"(orderly_http_streams_ended_total{how=")" + std::string{how} + R"(",route="tested"})";
}

} // namespace

TEST_CASE("chunks arrive when they are written, and after the last the connection serves the next request") {
  const auto one = made_stream();
  served_site site{serving(one)};
  CHECK(one->writer->write("before it is read, ") == stream_put::taken);
  raw_connection connection{site.address()};
  REQUIRE(connection.send(request_text("GET", "/stream")));
  const auto head = connection.receive(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->headers.at("transfer-encoding") == "chunked");
  CHECK(head->headers.at("content-type") == "text/event-stream");
  CHECK(head->headers.at("cache-control") == "no-store");
  CHECK(head->headers.count("content-length") == 0);
  CHECK(connection.receive_chunk() == "before it is read, ");
  for (const std::string chunk : {"one", ": still here\n\n", "three"}) {
    CHECK(one->writer->write(chunk) == stream_put::taken);
    CHECK(connection.receive_chunk() == chunk);
  }
  CHECK(site.metric("orderly_http_streams") == 1);
  CHECK(one->writer->write("") == stream_put::taken); // would be read as the last one
  CHECK(one->writer->write("end") == stream_put::taken);
  one->writer->finish();
  CHECK(one->writer->write("too late") == stream_put::over);
  std::string rest;
  for (auto chunk = connection.receive_chunk(); chunk && !chunk->empty(); chunk = connection.receive_chunk())
    rest += *chunk;
  CHECK(rest == "end");
  CHECK(one->wait_for_end() == stream_end::finished);
  const auto next = connection.ask(request_text("GET", "/text"));
  REQUIRE(next);
  CHECK(next->body == "text");
  CHECK(site.metric("orderly_http_streams") == 0);
  CHECK(site.metric(ended("finished")) == 1);
  CHECK(site.metric(R"(orderly_http_requests_total{listener="test",route="tested",status="200"})") == 2);
}

TEST_CASE("requests that were sent behind a stream are answered after it") {
  for (const bool at_once : {true, false}) {
    const auto one = made_stream();
    served_site site{serving(one)};
    raw_connection connection{site.address()};
    const auto first = request_text("GET", "/stream"), more = request_text("GET", "/text") + request_text("GET", "/text");
    REQUIRE(connection.send(at_once ? first + more : first));
    REQUIRE(connection.receive(true));
    if (!at_once)
      REQUIRE(connection.send(more));
    CHECK(one->writer->write("streamed") == stream_put::taken);
    CHECK(connection.receive_chunk() == "streamed");
    one->writer->finish();
    CHECK(connection.receive_chunk() == "");
    CHECK(connection.receive()->body == "text");
    CHECK(connection.receive()->body == "text");
  }
}

TEST_CASE("a writer that is faster than its reader waits for room, and every byte arrives in order") {
  constexpr std::size_t total = 40 << 20; // more than sockets buffer
  stream_terms terms;
  terms.buffer = 100'000;
  const auto one = made_stream(terms);
  served_site site{serving(one)};
  raw_connection connection{site.address()};
  REQUIRE(connection.send(request_text("GET", "/stream")));
  std::size_t most = 0, times_full = 0;
  std::thread writing{[&] {
    std::size_t written = 0;
    for (char letter = 'a'; written < total;) {
      int rooms = 0;
      {
        const std::lock_guard lock{one->mutex};
        rooms = one->rooms;
      }
      const auto size = std::min<std::size_t>(30'011, total - written);
      const auto put = one->writer->write(std::string(size, letter));
      most = std::max(most, one->writer->waiting());
      if (put == stream_put::full) {
        ++times_full;
        one->wait_for_room(rooms + 1);
        continue;
      }
      if (put != stream_put::taken)
        return;
      written += size;
      letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1);
    }
    one->writer->finish();
  }};
  std::this_thread::sleep_for(100ms); // the writer fills what there is
  const auto got = connection.receive();
  writing.join();
  REQUIRE(got);
  CHECK(got->body.size() == total);
  bool in_order = true;
  for (std::size_t at = 0; at < got->body.size(); ++at)
    in_order = in_order && got->body[at] == static_cast<char>('a' + at / 30'011 % 26);
  CHECK(in_order);
  CHECK(times_full > 0);
  CHECK(most <= terms.buffer);
  CHECK(one->wait_for_end() == stream_end::finished);
}

TEST_CASE("a chunk larger than the buffer is taken when nothing waits, and whole") {
  stream_terms terms;
  terms.buffer = 10;
  const auto one = made_stream(terms);
  served_site site{serving(one)};
  const std::string large(200'000, 'L');
  CHECK(one->writer->write(large) == stream_put::taken);
  CHECK(one->writer->write("x") == stream_put::full);
  raw_connection connection{site.address()};
  REQUIRE(connection.send(request_text("GET", "/stream")));
  one->wait_for_room(1);
  CHECK(one->writer->write("x") == stream_put::taken);
  one->writer->finish();
  const auto got = connection.receive();
  REQUIRE(got);
  CHECK(got->body == large + "x");
}

TEST_CASE("a reader that takes nothing is cut off at its patience, its writer is told, and others are served") {
  stream_terms terms;
  terms.reader_patience = 300ms;
  const auto one = made_stream(terms);
  served_site site{serving(one)};
  raw_connection slow{site.address()};
  REQUIRE(slow.send(request_text("GET", "/stream")));
  const std::string chunk(60'000, 's');
  const auto began = std::chrono::steady_clock::now();
  for (int rooms = 0;;) { // until the sockets take no more
    const auto put = one->writer->write(chunk);
    if (put == stream_put::over)
      break;
    if (put == stream_put::full)
      one->wait_for_room(++rooms);
    REQUIRE(std::chrono::steady_clock::now() - began < 10s);
  }
  CHECK(one->wait_for_end() == stream_end::too_slow);
  CHECK_FALSE(slow.receive()); // what it gets is not whole, and looks so
  CHECK(ask_once(site.address(), request_text("GET", "/text"))->body == "text");
  CHECK(site.metric(ended("too_slow")) == 1);
}

TEST_CASE("a writer that says nothing for too long loses its reader, one that sends a comment now and then does not") {
  stream_terms terms;
  terms.writer_patience = 1s;
  const auto one = made_stream(terms);
  served_site site{serving(one)};
  raw_connection connection{site.address()};
  REQUIRE(connection.send(request_text("GET", "/stream")));
  REQUIRE(connection.receive(true));
  for (int i = 0; i < 6; ++i) { // together longer than the patience
    std::this_thread::sleep_for(250ms);
    REQUIRE(one->writer->write(":\n\n") == stream_put::taken);
    CHECK(connection.receive_chunk() == ":\n\n");
  }
  CHECK(one->wait_for_end() == stream_end::silent);
  CHECK_FALSE(connection.receive_chunk());
}

TEST_CASE("a reader that leaves is noticed without a byte being written") {
  const auto one = made_stream();
  served_site site{serving(one)};
  {
    raw_connection leaving{site.address()};
    REQUIRE(leaving.send(request_text("GET", "/stream")));
    REQUIRE(leaving.receive(true));
  }
  CHECK(one->wait_for_end(5s) == stream_end::gone);
  CHECK(one->writer->write("nobody") == stream_put::over);
  CHECK(one->writer->waiting() == 0);
  CHECK(site.metric("orderly_http_streams") == 0);
}

TEST_CASE("a writer that gives up, or is dropped, leaves a body that is not whole") {
  for (const bool dropped : {true, false})
    for (const std::string version : {"HTTP/1.1", "HTTP/1.0"}) {
      INFO(version);
      const auto one = made_stream();
      served_site site{serving(one)};
      raw_connection connection{site.address()};
      REQUIRE(connection.send("GET /stream " + version + "\r\nHost: x\r\n\r\n"));
      REQUIRE(connection.receive(true));
      REQUIRE(one->writer->write("half") == stream_put::taken);
      wait_until([&] { return one->writer->waiting() == 0; });
      dropped ? one->writer.reset() : one->writer->abort();
      CHECK_FALSE(connection.receive_to_end()); // reset, where an end would look like the body's
      wait_until([&] { return site.metric("orderly_http_connections") == 0; });
      CHECK_FALSE(one->end); // who gave up is not told
      CHECK(site.metric(ended("aborted")) == 1);
    }
}

TEST_CASE("in HTTP/1.0 a stream is what comes until the connection ends") {
  const auto one = made_stream();
  served_site site{serving(one)};
  raw_connection connection{site.address()};
  REQUIRE(connection.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const auto head = connection.receive(true);
  REQUIRE(head);
  CHECK(head->headers.count("transfer-encoding") == 0);
  CHECK(head->headers.at("connection") == "close");
  CHECK(one->writer->write("one ") == stream_put::taken);
  CHECK(one->writer->write("two") == stream_put::taken);
  one->writer->finish();
  CHECK(connection.receive_to_end() == "one two");
  CHECK(one->wait_for_end() == stream_end::finished);
}

TEST_CASE("HEAD of a stream is its head, its writer hears that nobody reads, and the connection goes on") {
  const auto one = made_stream();
  served_site site{serving(one)};
  raw_connection connection{site.address()};
  REQUIRE(connection.send(request_text("HEAD", "/stream")));
  const auto head = connection.receive(true);
  REQUIRE(head);
  CHECK(head->headers.at("transfer-encoding") == "chunked");
  CHECK(one->wait_for_end() == stream_end::gone);
  CHECK(connection.ask(request_text("GET", "/text"))->body == "text");
}

TEST_CASE("a stream that is answered with too late ends without a reader") {
  const auto one = made_stream();
  responder_ptr kept;
  auto handlers = serving(one);
  handlers["/late"] = [&](const http_request&, const responder_ptr& to) { kept = to; };
  served_site site{std::move(handlers)};
  CHECK(ask_once(site.address(), request_text("GET", "/late"))->status == 503);
  kept->answer({200, "text/event-stream", std::move(one->body), {}});
  CHECK(one->wait_for_end() == stream_end::gone);
}

TEST_CASE("draining ends the streams that say so in order, after their last word; the others go on until they are whole") {
  stream_terms events;
  events.ends_with_drain = true;
  const auto live = made_stream(events), whole = made_stream();
  auto handlers = serving(live);
  handlers["/export"] = serving(whole)["/stream"];
  served_site site{std::move(handlers)};
  raw_connection listening{site.address()}, exporting{site.address()};
  REQUIRE(listening.send(request_text("GET", "/stream")));
  REQUIRE(exporting.send(request_text("GET", "/export")));
  REQUIRE(listening.receive(true));
  REQUIRE(exporting.receive(true));
  REQUIRE(whole->writer->write("row 1,") == stream_put::taken);
  CHECK(exporting.receive_chunk() == "row 1,");
  site.http->stop_accepting();
  CHECK(listening.receive_chunk() == "bye");
  CHECK(listening.receive_chunk() == "");
  CHECK(listening.is_closed_by_peer());
  CHECK(live->wait_for_end() == stream_end::finished);
  CHECK(exporting.receive_chunk() == "bye");
  REQUIRE(whole->writer->write("row 2") == stream_put::taken);
  CHECK(exporting.receive_chunk() == "row 2");
  whole->writer->finish();
  CHECK(exporting.receive_chunk() == "");
  CHECK(exporting.is_closed_by_peer());
  CHECK(live->said_bye);
  CHECK(live->drains == 1);
  CHECK(whole->drains == 1);
}

TEST_CASE("streams that are open when the server goes are told") {
  const auto one = made_stream();
  {
    served_site site{serving(one)};
    raw_connection connection{site.address()};
    REQUIRE(connection.send(request_text("GET", "/stream")));
    REQUIRE(connection.receive(true));
  }
  CHECK(one->end == stream_end::gone);
  CHECK(one->writer->write("late") == stream_put::over);
}

TEST_CASE("one event goes to many readers without being copied, and all writers may write at once") {
  constexpr int readers = 60, rounds = 20;
  std::mutex mutex;
  std::vector<told_ptr> open;
  served_site site{{{"/events",
                     [&](const http_request&, const responder_ptr& to) {
                       const auto one = made_stream();
                       {
                         const std::lock_guard lock{mutex}; // before the answer: the reader may have its head at once
                         open.push_back(one);
                       }
                       to->answer({200, "text/event-stream", std::move(one->body), {}});
                     }}},
                   2};
  std::vector<std::unique_ptr<raw_connection>> connections;
  for (int i = 0; i < readers; ++i) {
    connections.push_back(std::make_unique<raw_connection>(site.address()));
    REQUIRE(connections.back()->send(request_text("GET", "/events")));
    REQUIRE(connections.back()->receive(true));
  }
  std::vector<std::thread> writers;
  std::atomic<int> refused{0};
  for (int w = 0; w < 2; ++w)
    writers.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        const auto event = share("data: " + std::string(1000, 'e') + "\n\n");
        for (const auto& one : open)
          refused += one->writer->write(event) == stream_put::taken ? 0 : 1;
      }
    });
  for (auto& writer : writers)
    writer.join();
  for (const auto& one : open)
    one->writer->finish();
  CHECK(refused == 0);
  std::size_t whole = 0;
  for (auto& connection : connections) {
    std::size_t bytes = 0;
    for (auto chunk = connection->receive_chunk(); chunk && !chunk->empty(); chunk = connection->receive_chunk())
      bytes += chunk->size();
    whole += bytes == 2 * rounds * 1008 ? 1 : 0;
  }
  CHECK(whole == readers);
}
