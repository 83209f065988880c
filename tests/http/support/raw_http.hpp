#pragma once
// HTTP written and read byte by byte over a plain socket, so that tests can misbehave in every way.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderly::test {

struct raw_response {
  int status = 0;
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;
};

/// One connection. Every wait ends after `patience`, so that no test hangs.
class raw_connection {
public:
  explicit raw_connection(const std::string& address, std::chrono::milliseconds patience = std::chrono::seconds{10});
  ~raw_connection();
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// False when the peer has closed.
  bool send(std::string_view bytes);
  void finish_sending();
  /// Nothing when the connection ended before a whole response. A chunked body is put together.
  std::optional<raw_response> receive(bool head_only = false);
  /// Of a chunked body; "" is the last one. After receive(true).
  std::optional<std::string> receive_chunk();
  /// What comes until the peer ends the connection; nothing when it breaks it.
  std::optional<std::string> receive_to_end();
  /// Waits for the peer's end of the connection; false when bytes came, or `patience` is over.
  bool is_closed_by_peer();
  std::optional<raw_response> ask(std::string_view request) { return send(request) ? receive() : std::nullopt; }

private:
  bool read_more();
  std::optional<std::string> take_line();
  int fd_ = -1;
  std::string buffer_;
};

using header_list = std::vector<std::pair<std::string, std::string>>;
/// A well-formed request with Host, Content-Length and, if it has a body, Content-Type: each unless `headers` has it.
std::string request_text(std::string_view method, std::string_view target, std::string_view body = {},
                         const header_list& headers = {});
/// One request on a connection of its own.
std::optional<raw_response> ask_once(const std::string& address, std::string_view request);

} // namespace orderly::test
