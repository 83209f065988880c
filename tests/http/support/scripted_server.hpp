#pragma once
// An HTTP server that does what a test tells it, connection by connection: answers, stalls, breaks off, hangs up.

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct ssl_ctx_st;

namespace orderly::test {

struct seen_request {
  std::string method, target, head, body;
};

class scripted_server {
public:
  /// What goes out for a request; then `close` ends the connection.
  struct reply {
    std::string bytes;
    bool close = false;
    int stall_ms = 0; ///< before the bytes
  };
  /// Called on a connection's thread with the request and how many came before it, over all connections.
  using script = std::function<reply(const seen_request&, std::size_t index)>;

  /// @param certificate a PEM file with certificate and key, to speak TLS; empty for plain HTTP
  explicit scripted_server(script what, const std::string& certificate = {});
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string base() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<seen_request> requests();
  [[nodiscard]] std::size_t connections() const { return connections_; }
  /// Ends every open connection, as a server does with idle ones.
  void hang_up();

private:
  void accept_loop();
  void serve(int fd);

  script script_;
  ssl_ctx_st* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::mutex mutex_;
  std::vector<seen_request> requests_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// "HTTP/1.1 200 OK" with Content-Length.
std::string http_answer(const std::string& body, const std::string& status = "200 OK", const std::string& headers = {});

} // namespace orderly::test
