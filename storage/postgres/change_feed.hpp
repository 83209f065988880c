#pragma once
// What other engines have committed since the last look. A notification says when to look; a look each second is the truth. While
// no other engine is on the database nothing is read.

#include "storage/postgres/heartbeat.hpp"
#include "storage/postgres/own_commits.hpp"
#include "storage/postgres/session.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace orderly::postgres {

class feed final : public change_feed, private connected {
public:
  /// Throws when the server cannot be reached.
  feed(database where, std::shared_ptr<own_commits> own, std::shared_ptr<heartbeat> lives);

  result<std::vector<changed_order>> wait(std::chrono::milliseconds patience) override;

private:
  struct position {
    std::string snapshot;    ///< as PostgreSQL writes it
    std::uint64_t looks = 0; ///< of the heartbeat, when it had been taken; only while alone
  };

  void listen(session& on);
  void rest(session& on);
  std::vector<changed_order> look(session& on);

  std::shared_ptr<own_commits> own_;
  std::shared_ptr<heartbeat> heartbeat_;
  /// The first is what the next look goes on from. More than one only while alone.
  std::deque<position> positions_;
  int listening_ = 0; ///< the server process that knows that we listen; another one is a new connection
};

} // namespace orderly::postgres
