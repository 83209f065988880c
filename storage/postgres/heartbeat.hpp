#pragma once
// The thread that answers for this process's engines and looks for those that are gone (roll_call.hpp).

#include "storage/postgres/session.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace orderly::postgres {

class presence {
public:
  explicit presence(database where);
  ~presence();
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

  /// `engine` lives until this object ends. Safe from every thread; never blocks. Connects with the first one.
  void answer_for(const std::string& engine);

private:
  void serve();
  std::vector<std::string> engines();
  /// False: it ends.
  bool pause();

  database where_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> engines_;
  bool news_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace orderly::postgres
