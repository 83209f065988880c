#pragma once
// The thread that announces this process's engines and looks for the others: for those that are gone (liveness.hpp), and whether
// there are any.

#include "storage/postgres/session.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace orderly::postgres {

class heartbeat {
public:
  explicit heartbeat(database where);
  ~heartbeat();
  heartbeat(const heartbeat&) = delete;
  heartbeat& operator=(const heartbeat&) = delete;

  /// `engine` lives until this object ends. Safe from every thread; never blocks. Connects with the first one.
  void announce(const std::string& engine);
  /// How many looks there have been, if the last one saw no other engine on the database. Nothing also where that is not known.
  /// Safe from every thread.
  std::optional<std::uint64_t> looks_alone();
  /// The same after `how_long`, or as soon as it is nothing.
  std::optional<std::uint64_t> looks_alone_after(std::chrono::milliseconds how_long);

private:
  void serve();
  std::vector<std::string> engines();
  /// False: it ends.
  bool pause();
  void looked(bool alone);

  database where_;
  std::mutex mutex_;
  std::condition_variable wake_, met_;
  std::set<std::string> engines_;
  bool pending_ = false, stopping_ = false, alone_ = false;
  std::uint64_t looks_ = 0;
  std::thread thread_;
};

} // namespace orderly::postgres
