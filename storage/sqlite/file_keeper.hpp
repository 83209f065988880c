#pragma once
// Looks after the files of a database, on a thread of its own: notices within a second when they are not there any more, and
// removes the copies of old migrations.

#include "base/error.hpp"
#include "storage/sqlite/held_database.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace orderly::sqlite {

class file_keeper {
public:
  /// @param database its name; copies lie beside it
  /// @param on_loss once, on the thread of this; may be empty
  file_keeper(std::string database, std::shared_ptr<held_database> files, std::function<void(const error& why)> on_loss);

private:
  void serve(const std::stop_token& ending);
  void tell(const file_loss& loss);

  const std::string database_;
  const std::shared_ptr<held_database> files_;
  const std::function<void(const error& why)> on_loss_;
  std::jthread thread_; ///< ends before what it uses
};

} // namespace orderly::sqlite
