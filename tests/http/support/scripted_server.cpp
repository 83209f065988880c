#include "tests/http/support/scripted_server.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orderly::test {
namespace {

/// The server's end of a connection, plain or TLS.
class peer {
public:
  peer(int fd, SSL_CTX* tls) : fd_(fd), tls_(tls ? SSL_new(tls) : nullptr) {
    if (tls_) {
      SSL_set_fd(tls_, fd_);
      SSL_accept(tls_); // when it fails, so does every read
    }
  }
  ~peer() { SSL_free(tls_); }
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  [[nodiscard]] bool read_into(std::string& buffer) {
    char chunk[16384];
    const auto n = tls_ ? SSL_read(tls_, chunk, sizeof chunk) : static_cast<int>(::recv(fd_, chunk, sizeof chunk, 0));
    if (n > 0)
      buffer.append(chunk, static_cast<std::size_t>(n));
    return n > 0;
  }
  [[nodiscard]] bool write(const std::string& bytes) {
    if (bytes.empty())
      return true;
    return (tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                 : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL))) > 0;
  }

private:
  int fd_;
  SSL* tls_;
};

} // namespace

scripted_server::scripted_server(script what, const std::string& certificate) : script_(std::move(what)) {
  ::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
  if (!certificate.empty()) {
    tls_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_file(tls_, certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(tls_, certificate.c_str(), SSL_FILETYPE_PEM);
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&at), size);
  ::listen(listener_, 64);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
  port_ = ntohs(at.sin_port);
  acceptor_ = std::thread{[this] { accept_loop(); }};
}

scripted_server::~scripted_server() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  hang_up();
  for (auto& one : threads_)
    one.join();
  SSL_CTX_free(tls_);
}

std::vector<seen_request> scripted_server::requests() {
  const std::lock_guard lock{mutex_};
  return requests_;
}

void scripted_server::hang_up() {
  const std::lock_guard lock{mutex_};
  for (const int fd : open_)
    ::shutdown(fd, SHUT_RDWR);
}

void scripted_server::accept_loop() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    ++connections_;
    const std::lock_guard lock{mutex_};
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void scripted_server::serve(int fd) {
  peer client{fd, tls_};
  std::string buffer;
  const auto fill_to = [&](auto enough) {
    while (!enough())
      if (!client.read_into(buffer))
        return false;
    return true;
  };
  while (fill_to([&] { return buffer.find("\r\n\r\n") != std::string::npos; })) {
    seen_request request;
    const auto end = buffer.find("\r\n\r\n") + 4;
    request.head = buffer.substr(0, end);
    const auto first = request.head.find(' '), second = request.head.find(' ', first + 1);
    request.method = request.head.substr(0, first);
    request.target = request.head.substr(first + 1, second - first - 1);
    const auto at = request.head.find("Content-Length: ");
    const auto length = at == std::string::npos ? 0 : std::stoul(request.head.substr(at + 16));
    if (!fill_to([&] { return buffer.size() >= end + length; }))
      break;
    request.body = buffer.substr(end, length);
    buffer.erase(0, end + length);
    std::size_t index = 0;
    {
      const std::lock_guard lock{mutex_};
      index = requests_.size();
      requests_.push_back(request);
    }
    const auto answer = script_(request, index);
    std::this_thread::sleep_for(std::chrono::milliseconds{answer.stall_ms});
    if (!client.write(answer.bytes) || answer.close)
      break;
  }
  const std::lock_guard lock{mutex_};
  open_.erase(std::find(open_.begin(), open_.end(), fd));
  ::close(fd);
}

std::string http_answer(const std::string& body, const std::string& status, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace orderly::test
