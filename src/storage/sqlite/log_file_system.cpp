#include "storage/sqlite/log_file_system.h"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include <sqlite3.h>

namespace understudy::storage {
namespace {

// The most that SQLite's unix file system writes with one call.
constexpr std::size_t kGatherMax = 0x1ffff;

// In the memory that SQLite sets aside for one open file; the file of the base follows it there.
struct LogFile {
  sqlite3_file base = {};
  std::vector<char> gathered = {};
  sqlite3_int64 start = 0;  // where `gathered` belongs in the file
};

constexpr std::size_t kBaseOffset =
    (sizeof(LogFile) + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

sqlite3_file* base_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kBaseOffset);
}

const sqlite3_io_methods& methods_of(sqlite3_file* file) { return *base_of(file)->pMethods; }

// A failed write keeps what was gathered: SQLite undoes the commit and writes these places anew.
int flush(sqlite3_file* file) {
  LogFile& log = log_of(file);
  if (log.gathered.empty()) return SQLITE_OK;
  const int status = methods_of(file).xWrite(base_of(file), log.gathered.data(),
                                             static_cast<int>(log.gathered.size()), log.start);
  if (status == SQLITE_OK) log.gathered.clear();
  return status;
}

int write(sqlite3_file* file, const void* source, int count, sqlite3_int64 offset) {
  LogFile& log = log_of(file);
  const auto size = static_cast<std::size_t>(count);
  const auto end = log.start + static_cast<sqlite3_int64>(log.gathered.size());
  if (!log.gathered.empty() && (offset != end || log.gathered.size() + size > kGatherMax)) {
    if (const int status = flush(file); status != SQLITE_OK) return status;
  }
  if (log.gathered.empty()) log.start = offset;
  const auto* bytes = static_cast<const char*>(source);
  log.gathered.insert(log.gathered.end(), bytes, bytes + size);
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  const int flushed = flush(file);
  const int closed = methods_of(file).xClose(base_of(file));
  log_of(file).~LogFile();
  return flushed != SQLITE_OK ? flushed : closed;
}

// Everything else sees the file as if nothing were gathered.
template <auto Method, class... Arguments>
int flushed(sqlite3_file* file, Arguments... arguments) {
  if (const int status = flush(file); status != SQLITE_OK) return status;
  return (methods_of(file).*Method)(base_of(file), arguments...);
}

template <auto Method, class... Arguments>
int passed(sqlite3_file* file, Arguments... arguments) {
  return (methods_of(file).*Method)(base_of(file), arguments...);
}

constexpr sqlite3_io_methods kLogMethods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = flushed<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = flushed<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = flushed<&sqlite3_io_methods::xSync, int>,
    .xFileSize = flushed<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = passed<&sqlite3_io_methods::xLock, int>,
    .xUnlock = passed<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = passed<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = passed<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = passed<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = passed<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* base_system(sqlite3_vfs* system) {
  return static_cast<sqlite3_vfs*>(system->pAppData);
}

int open(sqlite3_vfs* system, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* base = base_system(system);
  if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, name, file, flags, out_flags);
  file->pMethods = nullptr;
  base_of(file)->pMethods = nullptr;
  if (const int status = base->xOpen(base, name, base_of(file), flags, out_flags);
      status != SQLITE_OK) {
    // By SQLite's rule a base that set its methods is to be closed even now.
    if (base_of(file)->pMethods != nullptr) methods_of(file).xClose(base_of(file));
    return status;
  }
  new (file) LogFile;
  file->pMethods = &kLogMethods;
  return SQLITE_OK;
}

struct System {
  std::string name;
  sqlite3_vfs vfs;
};

// The base's own functions look at the file system they are given only for its name and data, which
// are copied; opening goes to the base itself.
std::unique_ptr<System> system_over(sqlite3_vfs* base) {
  auto system = std::make_unique<System>(
      System{.name = std::string(base->zName) + "-combined-log", .vfs = *base});
  system->vfs.zName = system->name.c_str();
  system->vfs.pNext = nullptr;
  system->vfs.pAppData = base;
  system->vfs.szOsFile = static_cast<int>(kBaseOffset) + base->szOsFile;
  system->vfs.xOpen = open;
  return system;
}

}  // namespace

const char* log_combining_file_system(const std::string& base) {
  static std::mutex mutex;
  static auto* systems = new std::map<std::string, std::unique_ptr<System>>;  // SQLite keeps them
  const std::lock_guard lock(mutex);
  if (const auto found = systems->find(base); found != systems->end()) {
    return found->second->name.c_str();
  }
  sqlite3_vfs* below = sqlite3_vfs_find(base.c_str());
  if (below == nullptr) return nullptr;
  auto system = system_over(below);
  if (sqlite3_vfs_register(&system->vfs, 0) != SQLITE_OK) return nullptr;
  return systems->emplace(base, std::move(system)).first->second->name.c_str();
}

}  // namespace understudy::storage
