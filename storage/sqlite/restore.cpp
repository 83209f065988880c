#include "storage/sqlite/restore.hpp"

#include "storage/sqlite/held_database.hpp"
#include "storage/sqlite/migrations.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace orderly::sqlite {
namespace {

constexpr const char* companions[] = {"-wal", "-shm", "-journal"};

error cannot(const std::string& what, const std::string& path) {
  return {error_code::storage_unavailable, path + " cannot be " + what + ": " + std::strerror(errno), {}};
}

error bad(const std::string& backup, const std::string& why) { return {error_code::bad_backup, backup + ": " + why, {}}; }

/// The log and what belongs to it, as far as they are there.
result<void> move_companions(const std::string& from, const std::string& to) {
  for (const auto* of : companions)
    if (::rename((from + of).c_str(), (to + of).c_str()) != 0 && errno != ENOENT)
      return cannot("renamed", from + of);
  return {};
}

/// The old database takes its log in and is one file then, whose name can change hands at once. False: it is damaged.
result<bool> take_log_in(const std::string& path) {
  try {
    connection over{{path, {}}, access::write};
    auto mode = over.use("pragma journal_mode=delete");
    return mode.step() && mode.text_at(0) == "delete";
  } catch (const fault& f) {
    if (const int code = f.code() & 0xff; code == SQLITE_BUSY || code == SQLITE_LOCKED)
      return error{error_code::storage_unavailable, path + " is open in another program", {}};
    return false;
  }
}

/// Root restores for an engine that is not: the owner of what stands there, or of the folder.
void give_to_owner(const std::string& file, const std::string& like) {
  struct stat owner {};
  const auto folder = std::filesystem::path{like}.parent_path();
  if (::geteuid() == 0 && (::stat(like.c_str(), &owner) == 0 || ::stat(folder.c_str(), &owner) == 0)) [[maybe_unused]]
    const int given = ::lchown(file.c_str(), owner.st_uid, owner.st_gid); // else the engine says that it may not
}

/// Before anything of it runs: also a check of a table may call a function.
result<void> check_schema(const std::string& backup) {
  connection over{{backup, {}}, access::distrust};
  const auto version = schema_version(over);
  if (version == 0)
    return bad(backup, "it is no database of Orderly");
  if (auto known = check_known(version); !known)
    return known;
  if (const auto foreign = foreign_schema(over); !foreign.empty())
    return bad(backup, foreign);
  return {};
}

result<void> readable_schema(const std::string& backup) {
  try {
    return check_schema(backup);
  } catch (const fault& f) {
    if (says_damage(f))
      return bad(backup, f.what());
    return error{error_code::storage_unavailable, backup + " cannot be read: " + f.what(), {}};
  }
}

std::int64_t seconds_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

/// Greater than each that a reader can have seen, also of a history that was restored from the same backup before: its number is
/// the time.
std::int64_t begin_epoch(connection& over) {
  constexpr std::string_view last = "select coalesce(max(epoch), 0) from feed_epochs";
  // One that nothing was committed in begins at the same event; nobody has a position of it.
  constexpr std::string_view begin = "insert or replace into feed_epochs(epoch, first_pos) "
                                     "select ?, coalesce(max(pos), 0) + 1 from order_events";
  auto epoch = seconds_now();
  {
    auto found = over.use(last);
    found.step();
    epoch = std::max(epoch, found.integer_at(0) + 1);
  }
  over.use(begin).integer(epoch).run();
  return epoch;
}

result<std::int64_t> bring_up_to_date(connection& over, const std::string& backup) {
  if (const auto damage = damage_of(over, "pragma integrity_check(1)"); !damage.empty())
    return bad(backup, "it is damaged: " + damage);
  if (auto migrated = migrate(over); !migrated)
    return migrated.error();
  transaction all{over, transaction::kind::write};
  const auto epoch = begin_epoch(over);
  over.use("delete from sessions").run(); // who has logged out since does not come back
  all.commit();
  return epoch;
}

} // namespace

result<restored_copy> restored_copy::make(const std::string& backup, const std::string& path,
                                          const std::function<bool()>& go_on) {
  const auto target = real_path(path);
  std::optional<engine_lock> lock;
  if (file_at(target)) {
    auto taken = engine_lock::take_database(target);
    if (!taken)
      return taken.error();
    lock.emplace(*std::move(taken));
  }
  restored_copy made{target, std::move(lock)};
  auto ready = guarded([&] { return made.prepare(backup, go_on); });
  if (!ready)
    return ready.error();
  return made;
}

result<void> restored_copy::prepare(const std::string& backup, const std::function<bool()>& go_on) {
  if (auto ours = readable_schema(backup); !ours)
    return ours;
  const auto to = target_ + ".restore";
  auto copied = copy_database({backup, {}}, to, go_on);
  if (!copied)
    return copied.error();
  copy_ = to;
  facts_ = *copied;
  {
    connection over{{copy_, {}}, access::write};
    over.run_while(go_on);
    auto epoch = bring_up_to_date(over, backup);
    if (!epoch)
      return epoch.error();
    epoch_ = *epoch;
  }
  give_to_owner(copy_, target_);
  return sync_file(copy_);
}

/// The old database gets a second name before its own is given away, so that there is one at each moment. A log that it cannot
/// take in goes first, for beside the new one it would be taken for that one's.
result<std::string> restored_copy::put_in_place() {
  const auto aside = target_ + ".replaced-" + std::to_string(seconds_now());
  const bool kept = lock_ || file_at(target_ + "-wal");
  if (lock_)
    if (const auto alone = take_log_in(target_); !alone)
      return alone.error();
  auto done = move_companions(target_, aside);
  if (done && lock_ && ::link(target_.c_str(), aside.c_str()) != 0)
    done = cannot("kept as " + aside, target_);
  if (done && lock_ && ::rename(copy_.c_str(), target_.c_str()) != 0) {
    done = cannot("put in place as " + target_, copy_);
    ::unlink(aside.c_str());
  }
  if (done && !lock_)
    done = name_new_file(copy_, target_);
  if (!done) {
    move_companions(aside, target_);
    return done.error();
  }
  copy_.clear();
  sync_folder_of(target_);
  return kept ? aside : std::string{};
}

restored_copy::restored_copy(restored_copy&& other) noexcept
    : target_(std::move(other.target_)), lock_(std::move(other.lock_)), copy_(std::exchange(other.copy_, {})),
      facts_(other.facts_), epoch_(other.epoch_) {}

restored_copy::~restored_copy() {
  if (copy_.empty())
    return;
  ::unlink(copy_.c_str());
  for (const auto* of : companions)
    ::unlink((copy_ + of).c_str());
}

} // namespace orderly::sqlite
