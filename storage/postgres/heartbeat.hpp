#pragma once
// The thread that announces this process's engines and looks for those that are gone (liveness.hpp).

#include "storage/postgres/session.hpp"

#include <condition_variable>
#include <mutex>
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

private:
  void serve();
  std::vector<std::string> engines();
  /// False: it ends.
  bool pause();

  database where_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> engines_;
  bool pending_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace orderly::postgres
