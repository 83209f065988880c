#pragma once
// Which engines live: each holds an advisory lock on a connection of its own for as long as it lives. The server frees the lock
// when that connection ends, so within moments of a process's death; the leases of whoever is gone are then ended before their
// time. A connection can also break under a living engine: see looks_until_gone.

#include "storage/postgres/session.hpp"

#include <map>
#include <set>
#include <span>
#include <string>

namespace orderly::postgres {

class liveness : private connected {
public:
  /// In so many looks running an engine must be missing. A living one whose connection broke is back much earlier.
  static constexpr int looks_until_gone = 6;

  /// Throws when the server cannot be reached.
  explicit liveness(database where) : connected(std::move(where), access::write) {}

  /// Says that `engines` live, from the first look on until this object ends; ends the leases of those who are gone. After an
  /// error (the connection broke, perhaps every engine's did) nobody has been missing yet.
  result<void> look(std::span<const std::string> engines);
  /// The last look saw our engines and nobody else's.
  [[nodiscard]] bool is_alone() const { return alone_; }

private:
  void announce(session& on, const std::string& engine);
  void look_around(session& on);
  void end_leases(session& on, const std::string& engine);

  std::set<std::string> announced_;    ///< whose locks this connection holds
  std::map<std::string, int> missing_; ///< engine -> looks running
  bool alone_ = false;
};

} // namespace orderly::postgres
