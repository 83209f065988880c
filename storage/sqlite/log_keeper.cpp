#include "storage/sqlite/log_keeper.hpp"

#include "base/log.hpp"

#include <utility>

namespace orderly::sqlite {
namespace {

constexpr int little = 500;       // pages that writers may wait for: milliseconds
constexpr int worth_while = 1000; // pages for which an idle log is emptied
constexpr int most_passes = 20;   // on a disk that cannot keep up the writers wait for what is left
constexpr std::chrono::milliseconds look_every{500};
constexpr std::chrono::seconds try_again{2}; // each try may make the writers wait for 20 ms
constexpr std::chrono::minutes complain_every{1};

} // namespace

log_keeper::log_keeper(database where, std::shared_ptr<held_database> files)
    : where_(std::move(where)), files_(std::move(files)), thread_([this] { serve(); }) {}

log_keeper::~log_keeper() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::unique_lock<std::mutex> log_keeper::write() {
  std::unique_lock turn{turns_};
  begun_.wait(turn, [this] { return !beginning_.load(); });
  return turn;
}

void log_keeper::committed(int pages) {
  pages_ = pages;
  ++commits_;
  if (pages < long_log)
    return;
  {
    const std::lock_guard lock{mutex_};
    if (is_long_)
      return;
    is_long_ = true;
  }
  wake_.notify_all();
}

void log_keeper::serve() {
  auto seen = commits_.load();
  std::unique_lock lock{mutex_};
  while (!ending_) {
    const bool called = wake_.wait_for(lock, look_every, [this] { return ending_ || is_long_; });
    if (ending_)
      return;
    lock.unlock();
    const auto commits = commits_.load();
    const bool done = look(!called && commits == seen);
    seen = commits;
    lock.lock();
    is_long_ = false;
    if (!done)
      wake_.wait_for(lock, try_again, [this] { return ending_; });
  }
}

bool log_keeper::look(bool idle) {
  const auto pages = pages_.load();
  if (pages < long_log && !(idle && (pages >= worth_while || long_file_)))
    return true;
  if (!check_files()) // a copy into another's file would destroy it
    return false;
  try {
    if (!over_)
      over_.emplace(where_, access::keep_log);
    return copy() && begin_anew(idle ? connection::checkpoint_kind::truncate : connection::checkpoint_kind::restart);
  } catch (const fault& caught) {
    over_.reset();
    if (const auto now = std::chrono::steady_clock::now(); now - complained_ > complain_every) {
      complained_ = now;
      log(log_level::warn, "storage.log_not_copied", "SQLite's log cannot be copied into the database and grows",
          {{"why", caught.what()}, {"pages", pages}});
    }
    return false;
  }
}

bool log_keeper::copy() {
  for (int pass = 0; pass < most_passes; ++pass) {
    const auto pages = pages_.load();
    const auto copied = over_->checkpoint(connection::checkpoint_kind::beside_writers);
    if (!copied || *copied < pages)
      return false;
    if (pages_ - *copied <= little)
      return true;
  }
  return true;
}

bool log_keeper::begin_anew(connection::checkpoint_kind how) {
  struct exclusion {
    log_keeper& of;
    explicit exclusion(log_keeper& keeper) : of(keeper) {
      of.beginning_ = true;
      of.turns_.lock();
    }
    ~exclusion() {
      of.beginning_ = false;
      of.turns_.unlock();
      of.begun_.notify_all();
    }
  };
  const exclusion alone{*this};
  const bool begun = over_->checkpoint(how).has_value();
  if (begun) {
    pages_ = 0;
    long_file_ = how == connection::checkpoint_kind::restart;
  }
  return begun;
}

} // namespace orderly::sqlite
