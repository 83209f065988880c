#pragma once
// What an operator does to the engine's actors and dead letters. Implemented in actors/, wired in app/.

#include "base/result.hpp"
#include "domain/order/decision.hpp"
#include "domain/order/ids.hpp"
#include "domain/ports/actor_views.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace orderly {

struct redrive_request {
  dead_letter_cause cause = dead_letter_cause::killed_twice; ///< the cohort
  std::size_t limit = 100;                                   ///< 1..200
};
struct redrive_report {
  std::size_t redriven = 0; ///< handled now
  std::size_t failed = 0;   ///< dead again, or not handled: with the first of them the rest was left alone
  std::size_t left = 0;     ///< of those that `limit` allowed, not tried
  std::string why;          ///< of the failure
};

struct restarted {
  bool known = false; ///< this engine has something of the order in memory
};

class actor_port {
public:
  virtual ~actor_port() = default;
  /// Lifts the order's quarantine, durably, and starts its actor anew. Thread-safe; calls back once, on a thread of the engine.
  virtual void restart(tiktok_order_id order, std::function<void(result<restarted>)> done) = 0;
  /// A webhook that names this shop had a bad signature: raises its attention `signature_failing`, if the shop is ours.
  /// Thread-safe, never blocks; at most one write a minute and shop.
  virtual void signature_failed(const shop_id& shop) = 0;
  /// Handles dead letters again: one first, then the rest, until one fails. Thread-safe; calls back once, on a thread of the
  /// engine.
  virtual void redrive(redrive_request what, std::function<void(result<redrive_report>)> done) = 0;
  /// Within about a second. Thread-safe; calls back once, on a thread of the engine. Errors: shutting_down.
  virtual void look(actors_request what, std::function<void(result<actors_view>)> done) = 0;
  virtual void tree(std::function<void(result<actor_tree>)> done) = 0;
  /// Of which kinds a look tells, in its order. Thread-safe.
  [[nodiscard]] virtual std::span<const std::string_view> kinds() const = 0;
};

} // namespace orderly
