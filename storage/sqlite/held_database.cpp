#include "storage/sqlite/held_database.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utility>

namespace orderly::sqlite {
namespace {

file_identity identity_of(const struct stat& file) { return {file.st_dev, file.st_ino, file.st_size}; }

std::string said(const file_identity& file) {
  return "inode " + std::to_string(file.inode) + " of device " + std::to_string(major(file.device)) + ":" +
         std::to_string(minor(file.device)) + ", " + std::to_string(file.size) + " bytes";
}

error cannot_look_at(const std::string& path) {
  return {error_code::storage_unavailable, path + " cannot be looked at: " + std::strerror(errno), {}};
}

bool is_another(const std::optional<file_identity>& known, const std::optional<file_identity>& now) {
  return known && !(now && now->is(*known));
}

} // namespace

std::optional<file_identity> file_at(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0)
    return std::nullopt;
  return identity_of(file);
}

std::string real_path(const std::string& given) {
  std::error_code ec;
  std::filesystem::path path{given};
  constexpr int longest_chain = 40; // the kernel's own
  for (int i = 0; i < longest_chain && std::filesystem::is_symlink(path, ec); ++i)
    path = path.parent_path() / std::filesystem::read_symlink(path, ec);
  const auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(path, ec), ec);
  return ec ? path.string() : real.string();
}

held_database::held_database(std::string path, engine_lock lock)
    : path_(std::move(path)), real_(real_path(path_)), lock_(std::move(lock)) {
  struct stat file {};
  ::fstat(lock_.descriptor(), &file);
  own_ = identity_of(file);
}

result<std::shared_ptr<held_database>> held_database::take(const std::string& path) {
  auto lock = engine_lock::take_database(path);
  if (!lock)
    return lock.error();
  return std::shared_ptr<held_database>{new held_database{path, *std::move(lock)}};
}

void held_database::know_log() {
  log_ = file_at(log_path());
  index_ = file_at(real_ + "-shm");
}

/// The kernel knows its name of today, unless it has none.
std::string held_database::own_file() const {
  std::error_code ec;
  const auto name = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(lock_.descriptor()), ec).string();
  struct stat file {};
  ::fstat(lock_.descriptor(), &file);
  auto text = said(identity_of(file));
  if (file.st_nlink == 0)
    return text + ", which has no name any more";
  if (name.ends_with(" (deleted)"))
    return text + ", which has another name now";
  return name.empty() || name == real_ ? text : text + ", which is now " + name;
}

file_loss held_database::said_of(file_loss::kind what, const std::string& now) const {
  return {what, "the database " + path_ + " is not what this engine has open: that is " + own_file() + "; " + now};
}

result<std::optional<file_loss>> held_database::loss_of_names() const {
  const auto now = file_at(path_);
  if (!now && errno != ENOENT && errno != ENOTDIR)
    return cannot_look_at(path_);
  if (!now)
    return std::optional{said_of(file_loss::kind::gone, "nothing stands at " + path_ + " now")};
  if (!now->is(own_))
    return std::optional{said_of(file_loss::kind::replaced, "at " + path_ + " stands now " + said(*now))};
  for (const auto& [known, name] : {std::pair{&log_, log_path()}, std::pair{&index_, real_ + "-shm"}})
    if (const auto there = file_at(name); is_another(*known, there)) {
      if (!there && errno != ENOENT)
        return cannot_look_at(name);
      return std::optional{said_of(file_loss::kind::log, "of it, " + name + " was " + said(**known) +
                                                             ", and is now " + (there ? said(*there) : "not there"))};
    }
  return std::optional<file_loss>{};
}

std::optional<file_loss> held_database::loss_of_content() {
  std::array<char, file_header_size> header{};
  struct stat file {};
  // The size first: beside a copy of the log it may only have grown since.
  if (::fstat(lock_.descriptor(), &file) != 0)
    return std::nullopt;
  const auto length = ::pread(lock_.descriptor(), header.data(), header.size(), 0);
  const auto now =
      file_state_of({header.data(), length > 0 ? static_cast<std::size_t>(length) : 0}, static_cast<std::int64_t>(file.st_size));
  const auto change = change_of_file(state_, now, file.st_size);
  if (change == file_change::ours) {
    state_ = now;
    doubted_ = false;
    return std::nullopt;
  }
  if (!std::exchange(doubted_, true))
    return std::nullopt;
  const auto kind = change == file_change::truncated ? file_loss::kind::truncated : file_loss::kind::overwritten;
  return said_of(kind, "before somebody " +
                           std::string{change == file_change::truncated ? "cut it short" : "wrote another content into it"} +
                           " it had " + std::to_string(state_->size) + " bytes");
}

std::optional<file_loss> held_database::keep(std::optional<file_loss> found) {
  if (!found && !lost_)
    return std::nullopt;
  const std::lock_guard lock{mutex_};
  if (!loss_)
    loss_ = std::move(found);
  lost_ = true;
  return loss_;
}

result<void> held_database::check() {
  auto seen = lost_ ? result<std::optional<file_loss>>{std::optional<file_loss>{}} : loss_of_names();
  if (!seen)
    return seen.error();
  if (auto loss = keep(*std::move(seen)))
    return error{error_code::storage_unavailable, std::move(loss->said), {}};
  return {};
}

std::optional<file_loss> held_database::look_inside() {
  if (lost_)
    return keep(std::nullopt);
  auto found = loss_of_names();
  if (!found) // no commit passes meanwhile, and the next look may be possible again
    return std::nullopt;
  return keep(*found ? *std::move(found) : loss_of_content());
}

std::string held_database::set_log_aside(const file_loss& because) {
  const bool of_another = because.what == file_loss::kind::replaced || because.what == file_loss::kind::overwritten;
  const auto database = file_at(path_), log = file_at(log_path());
  if (!of_another || !database || database->size == 0 || !log || !log_ || !log->is(*log_) || log->size == 0)
    return {};
  const auto aside = log_path() + ".of-inode-" + std::to_string(own_.inode);
  return ::rename(log_path().c_str(), aside.c_str()) == 0 ? aside : std::string{};
}

} // namespace orderly::sqlite
