#include "base/trace.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace orderly {
namespace {

constexpr std::array<std::string_view, trace_stages> spans{"http.receive",  "webhook.verify", "webhook.parse", "admission",
                                                           "registry.post", "order.load",     "order.mailbox", "order.decide",
                                                           "writer.gather", "store.commit",   "http.reply",    "stream.publish"};

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

} // namespace

std::string_view name_of(trace_stage stage) { return spans[static_cast<std::size_t>(stage)]; }

trace::trace(uuid id, time_point began, std::string traceparent) : id_(id), began_(began), traceparent_(std::move(traceparent)) {}

trace::trace(const trace& other) : id_(other.id_), began_(other.began_), traceparent_(other.traceparent_) {
  for (std::size_t i = 0; i < trace_stages; ++i)
    offsets_[i].store(other.offsets_[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
}

void trace::stamp(trace_stage stage, time_point at) noexcept {
  constexpr std::int64_t longest = std::numeric_limits<std::uint32_t>::max() - 1;
  const auto micros = std::chrono::floor<std::chrono::microseconds>(at - began_).count();
  const auto offset = static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros, 0, longest));
  offsets_[static_cast<std::size_t>(stage)].store(offset + 1, std::memory_order_relaxed);
}

std::optional<std::chrono::microseconds> trace::offset(trace_stage stage) const noexcept {
  const auto stored = offsets_[static_cast<std::size_t>(stage)].load(std::memory_order_relaxed);
  return stored == 0 ? std::nullopt : std::optional{std::chrono::microseconds{stored - 1}};
}

bool is_traceparent(std::string_view text) {
  constexpr std::size_t version = 2, trace_id = 32, parent = 16, flags = 2;
  constexpr std::size_t length = version + 1 + trace_id + 1 + parent + 1 + flags;
  if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return false;
  const auto version_text = text.substr(0, version);
  if (!is_lower_hex(version_text) || version_text == "ff" ||
      (text.size() > length && (version_text == "00" || text[length] != '-')))
    return false;
  const auto id = text.substr(3, trace_id), parent_id = text.substr(36, parent);
  return is_lower_hex(id) && !is_zero(id) && is_lower_hex(parent_id) && !is_zero(parent_id) &&
         is_lower_hex(text.substr(53, flags));
}

} // namespace orderly
