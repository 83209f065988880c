#include "tests/support/dropping_disk.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <new>
#include <stdexcept>
#include <vector>

namespace orderly::test {
namespace {

using disk = dropping_vfs::disk;

struct open_file {
  disk* on;
  std::shared_ptr<image> what;
  std::string path;
  std::uint64_t generation;
  std::vector<std::max_align_t> memory; ///< of the default VFS's file, which holds locks and shared memory
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(memory.data()); }
  /// Precondition: the disk's mutex is held.
  [[nodiscard]] bool dead() const { return on->off || generation != on->generation; }
};

struct file_handle {
  sqlite3_file base;
  open_file* inner;
};

open_file& of(sqlite3_file* file) { return *reinterpret_cast<file_handle*>(file)->inner; }

int close(sqlite3_file* file) {
  auto* inner = &of(file);
  {
    std::lock_guard lock(inner->on->mutex);
    inner->real()->pMethods->xClose(inner->real());
    auto& images = inner->on->images;
    const auto at = images.find(inner->path);
    // Unflushed writes outlive their last handle, as they do in a kernel's cache.
    if (--inner->what->handles == 0 && inner->what->unflushed.empty() && at != images.end() && at->second == inner->what)
      images.erase(at);
  }
  delete inner;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
  auto& f = of(file);
  std::lock_guard lock(f.on->mutex);
  if (f.dead())
    return SQLITE_IOERR_READ;
  const auto& content = f.what->content;
  const auto wanted = static_cast<std::size_t>(count);
  const auto from = std::min(static_cast<std::size_t>(offset), content.size());
  const auto there = std::min(wanted, content.size() - from);
  std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(from), there, static_cast<char*>(into));
  if (there == wanted)
    return SQLITE_OK;
  std::memset(static_cast<char*>(into) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int change_file(open_file& f, change what, int failure) {
  std::lock_guard lock(f.on->mutex);
  if (f.dead())
    return failure;
  if (f.on->trouble == disk_trouble::full && !what.truncates)
    return SQLITE_FULL;
  make_change(f.what->content, what);
  f.what->unflushed.push_back(std::move(what)); // under way when the power goes now
  return f.on->operate() ? SQLITE_OK : failure;
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  const auto* bytes = static_cast<const char*>(from);
  return change_file(of(file), {offset, {bytes, bytes + count}, false}, SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) { return change_file(of(file), {size, {}, true}, SQLITE_IOERR_TRUNCATE); }

int flush(sqlite3_file* file, int) {
  auto& f = of(file);
  std::lock_guard lock(f.on->mutex);
  if (f.dead() || !f.on->operate() || f.on->trouble == disk_trouble::flush_fails)
    return SQLITE_IOERR_FSYNC;
  if (f.on->lies)
    return SQLITE_OK;
  // No fsync of the real file: that this process may die is what is tested, not the machine under it.
  for (const auto& c : f.what->unflushed) {
    auto* methods = f.real()->pMethods;
    const int done = c.truncates ? methods->xTruncate(f.real(), c.offset)
                                 : methods->xWrite(f.real(), c.bytes.data(), static_cast<int>(c.bytes.size()), c.offset);
    if (done != SQLITE_OK)
      return done;
  }
  f.what->unflushed.clear();
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  auto& f = of(file);
  std::lock_guard lock(f.on->mutex);
  *size = static_cast<sqlite3_int64>(f.what->content.size());
  return f.dead() ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

bool is_dead(open_file& f) {
  std::lock_guard lock(f.on->mutex);
  return f.dead();
}

int lock_file(sqlite3_file* file, int level) {
  auto& f = of(file);
  return is_dead(f) ? SQLITE_IOERR_LOCK : f.real()->pMethods->xLock(f.real(), level);
}
int unlock_file(sqlite3_file* file, int level) { return of(file).real()->pMethods->xUnlock(of(file).real(), level); }
int check_reserved(sqlite3_file* file, int* held) { return of(file).real()->pMethods->xCheckReservedLock(of(file).real(), held); }

int control(sqlite3_file* file, int what, void* argument) {
  // The real file must change by flushes only.
  if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE)
    return SQLITE_NOTFOUND;
  return of(file).real()->pMethods->xFileControl(of(file).real(), what, argument);
}

int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
/// A write never damages bytes beside it; nothing else is promised.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
  auto& f = of(file);
  return is_dead(f) ? SQLITE_IOERR_SHMMAP : f.real()->pMethods->xShmMap(f.real(), region, size, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  auto& f = of(file);
  if (is_dead(f) && (flags & SQLITE_SHM_LOCK))
    return SQLITE_IOERR_SHMLOCK;
  return f.real()->pMethods->xShmLock(f.real(), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { of(file).real()->pMethods->xShmBarrier(of(file).real()); }
int shm_unmap(sqlite3_file* file, int remove) { return of(file).real()->pMethods->xShmUnmap(of(file).real(), remove); }

// Version 2: no xFetch, so the file is never mapped behind the image's back.
constexpr sqlite3_io_methods methods{2,         close,       read,           write,   truncate,    flush,           file_size,
                                     lock_file, unlock_file, check_reserved, control, sector_size, characteristics, shm_map,
                                     shm_lock,  shm_barrier, shm_unmap,      nullptr, nullptr};

disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<disk*>(vfs->pAppData); }

bool is_kept_in_memory(int flags) {
  return flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL);
}

int open_any(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& on = disk_of(vfs);
  if (!name || !is_kept_in_memory(flags))
    return on.real->xOpen(on.real, name, file, flags, out_flags);
  file->pMethods = nullptr;
  std::lock_guard lock(on.mutex);
  if (on.off)
    return SQLITE_CANTOPEN;
  auto inner = std::make_unique<open_file>();
  inner->on = &on;
  inner->path = name;
  inner->generation = on.generation;
  inner->memory.resize(static_cast<std::size_t>(on.real->szOsFile) / sizeof(std::max_align_t) + 1);
  const int opened = on.real->xOpen(on.real, name, inner->real(), flags, out_flags);
  if (opened != SQLITE_OK)
    return opened;
  inner->what = on.open(name, inner->real());
  ++inner->what->handles;
  auto* handle = reinterpret_cast<file_handle*>(file);
  handle->inner = inner.release();
  handle->base.pMethods = &methods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto& on = disk_of(vfs);
  std::lock_guard lock(on.mutex);
  if (on.off)
    return SQLITE_IOERR_DELETE;
  on.images.erase(name);
  return on.real->xDelete(on.real, name, sync_folder);
}

int access_file(sqlite3_vfs* vfs, const char* name, int how, int* answer) {
  auto& on = disk_of(vfs);
  std::lock_guard lock(on.mutex);
  if (on.off)
    return SQLITE_IOERR_ACCESS;
  const auto at = on.images.find(name);
  if (how != SQLITE_ACCESS_EXISTS || at == on.images.end())
    return on.real->xAccess(on.real, name, how, answer);
  *answer = !at->second->content.empty(); // the default VFS says that an empty file is not there
  return SQLITE_OK;
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* into) {
  return disk_of(vfs).real->xFullPathname(disk_of(vfs).real, name, size, into);
}
int randomness(sqlite3_vfs* vfs, int size, char* into) { return disk_of(vfs).real->xRandomness(disk_of(vfs).real, size, into); }
int pause(sqlite3_vfs* vfs, int micros) { return disk_of(vfs).real->xSleep(disk_of(vfs).real, micros); }
int current_time(sqlite3_vfs* vfs, double* into) { return disk_of(vfs).real->xCurrentTime(disk_of(vfs).real, into); }
int current_millis(sqlite3_vfs* vfs, sqlite3_int64* into) {
  return disk_of(vfs).real->xCurrentTimeInt64(disk_of(vfs).real, into);
}
int last_error(sqlite3_vfs* vfs, int size, char* into) { return disk_of(vfs).real->xGetLastError(disk_of(vfs).real, size, into); }

} // namespace

dropping_vfs::disk::disk(const std::string& as) : name(as), real(sqlite3_vfs_find(nullptr)) {
  vfs.iVersion = 2;
  vfs.szOsFile = std::max(static_cast<int>(sizeof(file_handle)), real->szOsFile);
  vfs.mxPathname = real->mxPathname;
  vfs.zName = name.c_str();
  vfs.pAppData = this;
  vfs.xOpen = open_any;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = pause;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_millis;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
    throw std::runtime_error("the VFS " + name + " cannot be registered");
}

dropping_vfs::dropping_vfs(const std::string& name) : disk_(std::make_unique<disk>(name)) {}
dropping_vfs::~dropping_vfs() = default;

void dropping_vfs::lie_about_flushes(bool lies) {
  std::lock_guard lock(disk_->mutex);
  disk_->lies = lies;
}

void dropping_vfs::suffer(disk_trouble from) {
  std::lock_guard lock(disk_->mutex);
  disk_->trouble = from;
}

void dropping_vfs::power_off_after(std::uint64_t operations, const power_cut& how) {
  std::lock_guard lock(disk_->mutex);
  disk_->cut_at = disk_->operations + operations;
  disk_->cut_how = how;
}

void dropping_vfs::power_off(const power_cut& how) {
  std::lock_guard lock(disk_->mutex);
  if (!disk_->off)
    disk_->cut(how);
}

void dropping_vfs::power_on() {
  std::lock_guard lock(disk_->mutex);
  disk_->off = false;
  disk_->cut_at = 0;
  ++disk_->generation;
}

bool dropping_vfs::is_off() const {
  std::lock_guard lock(disk_->mutex);
  return disk_->off;
}

std::uint64_t dropping_vfs::operations() const {
  std::lock_guard lock(disk_->mutex);
  return disk_->operations;
}

std::uint64_t dropping_vfs::dropped() const {
  std::lock_guard lock(disk_->mutex);
  return disk_->dropped;
}

dropping_vfs& register_dropping_vfs(const std::string& name) {
  // Never taken down: connections may close after every static destructor.
  static auto* for_life = new dropping_vfs{name};
  return *for_life;
}

} // namespace orderly::test
