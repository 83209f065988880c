#include "tests/support/counting_vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <stdexcept>

namespace orderly::test {
namespace {

thread_local std::uint64_t written_here = 0;
std::atomic<std::uint64_t> written = 0;

/// The default VFS's file lies behind it.
struct counted_file {
  sqlite3_file base;
  bool is_database;
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(reinterpret_cast<counted_file*>(file) + 1); }
const sqlite3_io_methods* of(sqlite3_file* file) { return real(file)->pMethods; }

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  if (reinterpret_cast<counted_file*>(file)->is_database) {
    ++written_here;
    ++written;
  }
  return of(file)->xWrite(real(file), from, count, offset);
}
int close(sqlite3_file* file) { return of(file)->xClose(real(file)); }
int read(sqlite3_file* file, void* into, int count, sqlite3_int64 at) { return of(file)->xRead(real(file), into, count, at); }
int truncate(sqlite3_file* file, sqlite3_int64 size) { return of(file)->xTruncate(real(file), size); }
int flush(sqlite3_file* file, int how) { return of(file)->xSync(real(file), how); }
int size_of(sqlite3_file* file, sqlite3_int64* size) { return of(file)->xFileSize(real(file), size); }
int lock(sqlite3_file* file, int level) { return of(file)->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return of(file)->xUnlock(real(file), level); }
int is_reserved(sqlite3_file* file, int* held) { return of(file)->xCheckReservedLock(real(file), held); }
int control(sqlite3_file* file, int what, void* with) { return of(file)->xFileControl(real(file), what, with); }
int sector(sqlite3_file* file) { return of(file)->xSectorSize(real(file)); }
int traits(sqlite3_file* file) { return of(file)->xDeviceCharacteristics(real(file)); }
int map(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
  return of(file)->xShmMap(real(file), page, size, extend, at);
}
int lock_map(sqlite3_file* file, int from, int count, int flags) { return of(file)->xShmLock(real(file), from, count, flags); }
void barrier(sqlite3_file* file) { of(file)->xShmBarrier(real(file)); }
int unmap(sqlite3_file* file, int removes) { return of(file)->xShmUnmap(real(file), removes); }

constexpr sqlite3_io_methods methods{2,       close,  read,   write, truncate, flush,   size_of, lock,    unlock, is_reserved,
                                     control, sector, traits, map,   lock_map, barrier, unmap,   nullptr, nullptr};

sqlite3_vfs* default_of(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  auto* const own = reinterpret_cast<counted_file*>(file);
  own->base.pMethods = nullptr;
  own->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  const int code = default_of(vfs)->xOpen(default_of(vfs), name, real(file), flags, out);
  if (code == SQLITE_OK)
    own->base.pMethods = &methods;
  return code;
}
int remove(sqlite3_vfs* vfs, const char* name, int sync) { return default_of(vfs)->xDelete(default_of(vfs), name, sync); }
int access(sqlite3_vfs* vfs, const char* name, int how, int* out) {
  return default_of(vfs)->xAccess(default_of(vfs), name, how, out);
}
int full_path(sqlite3_vfs* vfs, const char* name, int size, char* into) {
  return default_of(vfs)->xFullPathname(default_of(vfs), name, size, into);
}

} // namespace

struct counting_vfs::registration {
  std::string name;
  sqlite3_vfs vfs;
};

counting_vfs::counting_vfs(const std::string& name) : registration_(new registration{name, *sqlite3_vfs_find(nullptr)}) {
  auto& vfs = registration_->vfs; // the rest is the default one's, which knows no file by it
  vfs.pAppData = sqlite3_vfs_find(nullptr);
  vfs.szOsFile += static_cast<int>(sizeof(counted_file));
  vfs.zName = registration_->name.c_str();
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
    throw std::runtime_error("SQLite takes no VFS of the name " + name);
}

counting_vfs::~counting_vfs() { sqlite3_vfs_unregister(&registration_->vfs); }

std::uint64_t counting_vfs::database_writes_here() { return written_here; }
std::uint64_t counting_vfs::database_writes() { return written; }

} // namespace orderly::test
