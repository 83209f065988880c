#pragma once
// One engine's admin API, asked and waited for.

#include "base/exit_code.hpp"
#include "base/json.hpp"
#include "net/client/http_client.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace orderly {

struct connection_options {
  std::string url;        ///< empty: ORDERLY_URL, else default_engine
  std::string token_file; ///< empty: ORDERLY_TOKEN
};

struct reply {
  int status = 0;   ///< 0: no answer
  std::string body; ///< as it came
  json::object answer;
  std::string failure;  ///< why there is no answer, or none of an engine
  bool unknown = false; ///< the request may have been done all the same

  [[nodiscard]] bool good() const { return failure.empty() && status < 300; }
};

/// What a command is, and the key under which its outcome is asked for.
struct command_request {
  std::string target, body, key;
};

class connection {
public:
  /// Errors: bad_config.
  static result<std::unique_ptr<connection>> open(const connection_options& options);

  /// `done` runs on a thread of its own.
  void ask(const std::string& target, std::chrono::seconds patience, std::function<void(reply)> done);
  reply get(const std::string& target);
  /// Asks again with the same key as long as the outcome is not known, for a minute; `waits` is called once when that begins.
  reply command(const command_request& what, const std::function<void()>& waits);

  [[nodiscard]] const std::string& base() const { return base_; }
  [[nodiscard]] bool has_token() const { return !token_.empty(); }

private:
  connection(std::string base, std::string token, std::unique_ptr<http_client> client)
      : base_(std::move(base)), token_(std::move(token)), client_(std::move(client)) {}
  reply post(const command_request& what);
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers() const;

  const std::string base_, token_;
  std::unique_ptr<http_client> client_;
};

/// How the program ends for this reply.
exit_code exit_code_of(const reply& what);

} // namespace orderly
