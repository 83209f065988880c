#include "storage/sqlite/file_keeper.hpp"

#include "base/log.hpp"
#include "storage/sqlite/migration_copy.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace orderly::sqlite {
namespace {

constexpr std::chrono::milliseconds look_every{250}; // content is doubted once before it counts: half a second
constexpr std::chrono::hours clean_every{1};

/// False: it is to end.
bool pause(const std::stop_token& ending) {
  std::mutex mutex;
  std::unique_lock lock{mutex};
  std::condition_variable_any never;
  never.wait_for(lock, ending, look_every, [] { return false; });
  return !ending.stop_requested();
}

} // namespace

file_keeper::file_keeper(std::string database, std::shared_ptr<held_database> files,
                         std::function<void(const error& why)> on_loss)
    : database_(std::move(database)), files_(std::move(files)), on_loss_(std::move(on_loss)),
      thread_([this](const std::stop_token& ending) { serve(ending); }) {}

void file_keeper::serve(const std::stop_token& ending) {
  using steady = std::chrono::steady_clock;
  auto clean_at = steady::now();
  do {
    if (const auto loss = files_->look_inside())
      return tell(*loss);
    if (steady::now() < clean_at)
      continue;
    remove_old_copies(database_);
    clean_at = steady::now() + clean_every;
  } while (pause(ending));
}

void file_keeper::tell(const file_loss& loss) {
  boost::json::object fields;
  if (const auto aside = files_->set_log_aside(loss); !aside.empty())
    fields["log_set_aside"] = aside;
  log(log_level::error, "storage.lost", loss.said, fields);
  if (on_loss_)
    on_loss_({error_code::storage_unavailable, loss.said, {}});
}

} // namespace orderly::sqlite
