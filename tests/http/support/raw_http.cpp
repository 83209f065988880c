#include "tests/http/support/raw_http.hpp"

#include <algorithm>
#include <cctype>
#include <netdb.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace orderly::test {

raw_connection::raw_connection(const std::string& address, std::chrono::milliseconds patience) {
  const auto colon = address.rfind(':');
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &wanted, &found) != 0)
    throw std::runtime_error("cannot resolve " + address);
  fd_ = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  const int failed = ::connect(fd_, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (failed != 0) {
    ::close(fd_);
    throw std::runtime_error("cannot connect to " + address);
  }
  const timeval limit{patience.count() / 1000, static_cast<suseconds_t>(patience.count() % 1000 * 1000)};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

raw_connection::~raw_connection() { ::close(fd_); }

bool raw_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void raw_connection::finish_sending() { ::shutdown(fd_, SHUT_WR); }

bool raw_connection::read_more() {
  char chunk[16384];
  const auto n = ::recv(fd_, chunk, sizeof chunk, 0);
  if (n <= 0)
    return false;
  buffer_.append(chunk, static_cast<std::size_t>(n));
  return true;
}

std::optional<raw_response> raw_connection::receive(bool head_only) {
  while (buffer_.find("\r\n\r\n") == std::string::npos)
    if (!read_more())
      return std::nullopt;
  const auto head_end = buffer_.find("\r\n\r\n");
  raw_response out;
  out.status = std::stoi(buffer_.substr(9, 3));
  for (auto at = buffer_.find("\r\n") + 2; at < head_end + 2;) {
    const auto end = buffer_.find("\r\n", at);
    const auto line = buffer_.substr(at, end - at);
    const auto colon = line.find(": ");
    auto name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.headers[name] = colon == std::string::npos ? "" : line.substr(colon + 2);
    at = end + 2;
  }
  if (!head_only && out.headers.count("transfer-encoding")) {
    buffer_.erase(0, head_end + 4);
    for (;;) {
      const auto chunk = receive_chunk();
      if (!chunk)
        return std::nullopt;
      if (chunk->empty())
        return out;
      out.body += *chunk;
    }
  }
  const auto length = out.headers.count("content-length") && !head_only ? std::stoul(out.headers["content-length"]) : 0;
  while (buffer_.size() < head_end + 4 + length)
    if (!read_more())
      return std::nullopt;
  out.body = buffer_.substr(head_end + 4, length);
  buffer_.erase(0, head_end + 4 + length);
  return out;
}

std::optional<std::string> raw_connection::take_line() {
  while (buffer_.find("\r\n") == std::string::npos)
    if (!read_more())
      return std::nullopt;
  const auto end = buffer_.find("\r\n");
  auto line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

std::optional<std::string> raw_connection::receive_chunk() {
  const auto line = take_line();
  if (!line)
    return std::nullopt;
  const auto size = std::stoul(*line, nullptr, 16);
  while (buffer_.size() < size + 2)
    if (!read_more())
      return std::nullopt;
  auto chunk = buffer_.substr(0, size);
  buffer_.erase(0, size + 2);
  return chunk;
}

std::optional<std::string> raw_connection::receive_to_end() {
  char chunk[16384];
  for (;;) {
    const auto n = ::recv(fd_, chunk, sizeof chunk, 0);
    if (n < 0)
      return std::nullopt;
    if (n == 0)
      return std::exchange(buffer_, {});
    buffer_.append(chunk, static_cast<std::size_t>(n));
  }
}

bool raw_connection::is_closed_by_peer() {
  char byte = 0;
  return buffer_.empty() && (::recv(fd_, &byte, 1, 0) == 0 || errno == ECONNRESET);
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body, const header_list& headers) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  if (std::none_of(headers.begin(), headers.end(), [](const auto& each) { return each.first == "Host"; }))
    out += "Host: orderly.test\r\n";
  for (const auto& [name, value] : headers)
    out += name + ": " + value + "\r\n";
  const auto says_type =
      std::any_of(headers.begin(), headers.end(), [](const auto& each) { return each.first == "Content-Type"; });
  if (!body.empty() && !says_type)
    out += "Content-Type: application/json\r\n";
  if (!body.empty() || method == "POST")
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return out.append("\r\n").append(body);
}

std::optional<raw_response> ask_once(const std::string& address, std::string_view request) {
  return raw_connection{address}.ask(request);
}

} // namespace orderly::test
