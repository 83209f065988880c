#pragma once
// Bytes of a connection into requests, within the limits. No Beast, no Asio in this header.

#include "base/error.hpp"
#include "net/http/limits.hpp"
#include "net/http/message.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace orderly {

/// What is wrong with a request, for the client and for the metric; nothing of the connection can be trusted afterwards.
struct parse_refusal {
  std::string_view reason;
  error_code code;
  std::string_view message;
};

/// Keeps what came behind a request for the next one.
class request_parser final : public header_fields {
public:
  explicit request_parser(const http_limits& limits);
  ~request_parser() override;

  // Bytes.
  /// Where the next bytes go; empty when no more may wait.
  std::span<char> room();
  void commit(std::size_t bytes);
  void clear();
  /// RFC 9112, 2.2: empty lines before a request line are ignored.
  void skip_blank_lines();
  [[nodiscard]] bool has_bytes() const;

  // One request. Its views stay valid until next().
  enum class step : std::uint8_t { need_more, more_here, whole, refused };
  struct progress {
    step result = step::need_more;
    bool head_complete = false; ///< with this step, which has read nothing of the body
  };
  void next();
  progress parse();
  [[nodiscard]] const parse_refusal& refusal() const { return refusal_; }
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] std::string_view method() const;
  [[nodiscard]] std::string_view target() const;
  [[nodiscard]] connection_terms terms() const;
  [[nodiscard]] bool announces_body() const;
  [[nodiscard]] std::uint64_t announced_size() const; ///< 0 when the head does not say it
  [[nodiscard]] std::size_t body_size() const;        ///< so far
  [[nodiscard]] std::string take_body();
  [[nodiscard]] header_value find(std::string_view name) const override;
  [[nodiscard]] std::string list(std::string_view name) const override;

private:
  progress refuse(const parse_refusal& why) { return refusal_ = why, progress{step::refused, false}; }

  struct parts;
  const http_limits& limits_;
  const std::unique_ptr<parts> in_;
  bool head_complete_ = false;
  parse_refusal refusal_{"malformed", error_code::bad_request, {}};
};

/// No more bytes may wait, though the header is not complete.
parse_refusal header_too_large();
parse_refusal body_too_large();

} // namespace orderly
