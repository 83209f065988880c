#pragma once
// Where the time of an input went, from its first byte to the answer: one record of offsets beside the immutable input. Its id is
// the delivery's (`inputs.delivery_id`), so whatever the store keeps of an input leads to it.

#include "base/uuid.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

/// What has ended when its offset is stamped, in the order in which it happens. An input that is decided again stamps again: the
/// last time counts.
enum class trace_stage : std::uint8_t {
  received,  ///< the request's last byte
  verified,  ///< its signature; never of a command, whose sender is known before its body comes
  parsed,    ///< into inputs
  admitted,  ///< a place was free
  posted,    ///< a registry shard keeps it
  loaded,    ///< its order was read; absent where it was held
  begun,     ///< its order turned to it; until then it waited in the mailbox
  decided,   ///< by decide()
  gathered,  ///< its batch was handed to a lane
  committed, ///< the transaction ended
  replied,   ///< the answer was handed to the session
  published  ///< its event went to the stream's readers; stamped by whoever keeps traces for them
};
inline constexpr std::size_t trace_stages = 12;
/// "http.receive", "webhook.verify", ...: the span that ends with the stage.
std::string_view name_of(trace_stage stage);

/// Stamped by one thread after the other, as the input travels; may be read by any meanwhile.
class trace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param id    the delivery's
  /// @param began when its first byte came
  trace(uuid id, time_point began, std::string traceparent = {});
  /// A branch: the inputs of one webhook share what happened before they were told apart.
  trace(const trace& other);
  trace& operator=(const trace&) = delete;

  void stamp(trace_stage stage) noexcept { stamp(stage, std::chrono::steady_clock::now()); }
  void stamp(trace_stage stage, time_point at) noexcept;
  /// Since the first byte; nothing for what has not happened. At most 71 minutes, which stands for all beyond.
  [[nodiscard]] std::optional<std::chrono::microseconds> offset(trace_stage stage) const noexcept;

  [[nodiscard]] const uuid& id() const { return id_; }
  /// As it came with the request (W3C Trace Context), if it was well formed.
  [[nodiscard]] const std::string& traceparent() const { return traceparent_; }

private:
  const uuid id_;
  const time_point began_;
  const std::string traceparent_;
  std::array<std::atomic<std::uint32_t>, trace_stages> offsets_{}; ///< microseconds + 1; 0: not stamped
};
/// Null for what did not pass the front door.
using trace_ptr = std::shared_ptr<trace>;

inline void stamp(const trace_ptr& of, trace_stage stage) noexcept {
  if (of)
    of->stamp(stage);
}

/// A `traceparent` header of version 00 or later (https://www.w3.org/TR/trace-context/#traceparent-header).
bool is_traceparent(std::string_view text);

} // namespace orderly
