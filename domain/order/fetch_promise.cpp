// The promise to fetch a detail: open exactly while the facts say that one is wanted.

#include "domain/order/decide_parts.hpp"

#include <algorithm>
#include <array>

namespace orderly {
namespace {

constexpr std::array<std::chrono::seconds, 5> backoff{std::chrono::seconds{1}, std::chrono::seconds{5}, std::chrono::seconds{30},
                                                      std::chrono::seconds{120}, std::chrono::seconds{900}};
constexpr int last_attempt = static_cast<int>(backoff.size()) - 1;

void put_attempts(decision_builder& b, json::object& patch, int attempts) {
  if (b.current().facts.fetch_attempts != attempts)
    patch["fetch_attempts"] = attempts;
}

promise_change fetch(promise_state state) {
  promise_change change;
  change.kind = promise_kind::fetch_detail;
  change.state = state;
  return change;
}

} // namespace

std::chrono::seconds backoff_after(int attempts) {
  return backoff[static_cast<std::size_t>(std::clamp(attempts, 0, last_attempt))];
}

bool is_last_backoff(int attempts) { return attempts >= last_attempt; }

void want_detail(decision_builder& b, json::object& patch) {
  // Where the clock has been set back since the held detail was asked for, that one must not pass for an answer to this wish.
  const auto& held = b.current().facts.detail;
  const auto after_held = held ? held->requested_at + std::chrono::microseconds{1} : b.now;
  patch["detail_wanted_at"] = to_micros(std::max(b.now, after_held));
  put_attempts(b, patch, 0);
  auto change = fetch(promise_state::open);
  change.due_at = b.now;
  change.keep_lease = true; // the answer of a call under way will be found too old and ask again
  b.promise(std::move(change));
}

void settle_fetch(decision_builder& b, json::object& patch, promise_state how, std::string_view error_code) {
  patch["detail_wanted_at"] = nullptr;
  put_attempts(b, patch, 0);
  auto change = fetch(how);
  change.last_error = error_code;
  b.promise(std::move(change));
}

bool retry_fetch(decision_builder& b, json::object& patch, std::string_view error_code, std::chrono::seconds at_least,
                 std::optional<int> before) {
  const int attempts = before.value_or(b.current().facts.fetch_attempts);
  put_attempts(b, patch, std::min(attempts + 1, last_attempt));
  auto change = fetch(promise_state::open);
  change.due_at = b.now + std::max(backoff_after(attempts), at_least);
  change.last_error = error_code;
  b.promise(std::move(change));
  return is_last_backoff(attempts);
}

} // namespace orderly
