#pragma once
// What one seed plays: how big the engines are, and which faults strike how often. Each seed has some kinds of fault and lacks
// others, so that one kind does not hide what another one would show.

#include "domain/order/policy.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace orderly::sim {

/// Chances in percent; 0: never with this seed.
struct fault_chances {
  // Of each call of a writing connection.
  double store_away = 0;   ///< nothing is written
  double outcome_lost = 0; ///< the fate is unknown; it was written, or it was not
  double lane_dies = 0;    ///< before the transaction, or after it
  double refused_keys = 0; ///< of all inputs: the store refuses them whenever they are decided
  // Of each read.
  double read_fails = 0;
  double read_waits = 0;  ///< until later, and others overtake it
  double unreadable = 0;  ///< the row is spoilt
  double deadly_keys = 0; ///< of all inputs: the order's actor dies whenever it reads for them
  // Of each message.
  double handler_throws = 0;
  // Of each turn.
  double actor_killed = 0;
  double crash = 0, stop = 0; ///< of an engine; it comes back a while later
  double long_pause = 0;      ///< time passes and nobody gets to run
  double clock_back = 0;      ///< the wall clocks are set back a little
  double operations = 0;      ///< somebody restarts an order's actor or re-drives dead letters
  // Of each call to TikTok.
  double call_fails = 0;   ///< without an effect
  double call_unknown = 0; ///< no answer in time: with the effect, without, or before it
  double call_hangs = 0;   ///< until after its lease
  double call_stale = 0;   ///< a detail from before the newest change
  // Of each webhook.
  double webhook_again = 0; ///< it comes again although it was answered 200
  double webhook_odd = 0;   ///< it names no order, or is no JSON
};

struct plan {
  std::uint64_t seed = 0;
  bool shared_store = false;
  int engines = 1;
  int orders = 6;
  int turns = 300;
  std::size_t workers = 2, lanes = 1;
  std::size_t residents = 1000, waiting = 1000, parked = 1000, calls = 200;
  std::chrono::milliseconds idle{std::chrono::minutes{5}};
  std::chrono::milliseconds skew{0}; ///< of the second engine's clock
  bool unfair = false;               ///< some actors get to run long after others, for a while
  policy rules;
  fault_chances chances;
};

plan plan_of(std::uint64_t seed);
std::string to_string(const plan& p);

} // namespace orderly::sim
