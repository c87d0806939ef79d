#include "storage/testing/disk_in_memory.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include <sqlite3.h>

namespace understudy::storage {
namespace {

constexpr std::size_t kSector = 512;

struct PendingWrite {
  std::size_t offset = 0;
  std::string bytes = {};
  std::optional<std::size_t> new_size = {};  // of a truncation
};

void put(std::string& target, std::size_t offset, std::string_view bytes) {
  if (target.size() < offset + bytes.size()) target.resize(offset + bytes.size());
  target.replace(offset, bytes.size(), bytes);
}

void put_write(std::string& target, const PendingWrite& write) {
  if (write.new_size)
    target.resize(*write.new_size);
  else
    put(target, write.offset, write.bytes);
}

// The shared index of a log: memory, not disk. A slot counts its readers, or is -1 for a writer.
struct SharedIndex {
  std::vector<std::unique_ptr<char[]>> regions = {};
  std::array<int, SQLITE_SHM_NLOCK> slots = {};
  int users = 0;
};

struct MemoryFile {
  std::string current = {};
  std::string durable = {};
  std::vector<PendingWrite> pending = {};
  int readers = 0;
  const void* reserved_by = nullptr;
  const void* exclusive_by = nullptr;
  SharedIndex index = {};
};

}  // namespace

struct DiskInMemory::State {
  mutable std::mutex mutex;
  std::map<std::string, std::shared_ptr<MemoryFile>> files;
  std::mt19937_64 random;
  DiskFault fault = DiskFault::none;
  std::int64_t operations_left = -1;  // until the fault strikes; below 0: it does not
  bool has_struck = false;
  bool is_off = false;
  bool has_lost_power = false;

  bool by_chance() { return random() % 2 == 0; }

  // Counts an operation that changes something. True: it fails.
  bool fails() {
    if (is_off) return true;
    if (operations_left < 0 || operations_left-- > 0) return false;
    has_struck = true;
    if (fault != DiskFault::refused) is_off = true;
    has_lost_power = fault == DiskFault::power_cut;
    return true;
  }

  void keep_some(std::string& durable, const PendingWrite& write) {
    if (write.new_size) {
      if (by_chance()) durable.resize(*write.new_size);
      return;
    }
    for (std::size_t i = 0; i < write.bytes.size();) {
      const auto sector_end = ((write.offset + i) / kSector + 1) * kSector - write.offset;
      const auto end = std::min(write.bytes.size(), sector_end);
      if (by_chance()) {
        put(durable, write.offset + i, std::string_view(write.bytes).substr(i, end - i));
      }
      i = end;
    }
  }
};

namespace {

using State = DiskInMemory::State;

State* disk = nullptr;  // SQLite's callbacks have no place for it

struct OpenFile {
  sqlite3_file base;
  MemoryFile* file;  // the disk keeps it
  int level;         // SQLITE_LOCK_...
  unsigned shared;   // slots of the index
  unsigned exclusive;
  bool uses_index;
};

OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int unlock(sqlite3_file* handle, int level) {
  const std::lock_guard lock(disk->mutex);
  OpenFile& own = opened(handle);
  if (own.file->exclusive_by == handle) own.file->exclusive_by = nullptr;
  if (own.file->reserved_by == handle) own.file->reserved_by = nullptr;
  if (own.level >= SQLITE_LOCK_SHARED && level == SQLITE_LOCK_NONE) --own.file->readers;
  own.level = std::min(own.level, level);
  return SQLITE_OK;
}

int lock(sqlite3_file* handle, int level) {
  const std::lock_guard guard(disk->mutex);
  OpenFile& own = opened(handle);
  MemoryFile& file = *own.file;
  if (level <= own.level) return SQLITE_OK;
  const auto is_other = [&](const void* owner) { return owner != nullptr && owner != handle; };
  if (is_other(file.exclusive_by)) return SQLITE_BUSY;
  if (own.level == SQLITE_LOCK_NONE) ++file.readers;
  own.level = std::max(own.level, SQLITE_LOCK_SHARED);
  if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  if (is_other(file.reserved_by)) return SQLITE_BUSY;
  file.reserved_by = handle;
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (file.readers > 1) return SQLITE_BUSY;
    file.exclusive_by = handle;
  }
  own.level = level;
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* file, int* answer) {
  const std::lock_guard guard(disk->mutex);
  *answer = opened(file).file->reserved_by != nullptr;
  return SQLITE_OK;
}

int close(sqlite3_file* file) { return unlock(file, SQLITE_LOCK_NONE); }

int read(sqlite3_file* file, void* target, int count, sqlite3_int64 offset) {
  const std::lock_guard guard(disk->mutex);
  if (disk->is_off) return SQLITE_IOERR_READ;
  const std::string& bytes = opened(file).file->current;
  const auto start = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(count);
  const auto there = start < bytes.size() ? std::min(wanted, bytes.size() - start) : 0;
  std::memset(target, 0, wanted);
  if (there > 0) std::memcpy(target, bytes.data() + start, there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* source, int count, sqlite3_int64 offset) {
  const std::lock_guard guard(disk->mutex);
  if (disk->is_off) return SQLITE_IOERR_WRITE;
  const bool is_failing = disk->fails();
  if (is_failing && disk->fault == DiskFault::refused) return SQLITE_FULL;
  PendingWrite pending{.offset = static_cast<std::size_t>(offset),
                       .bytes = {static_cast<const char*>(source), static_cast<std::size_t>(count)},
                       .new_size = {}};
  // A process that dies leaves a part of its last write; what a power cut leaves is seen later.
  if (is_failing && disk->fault == DiskFault::process_death) {
    pending.bytes.resize(disk->random() % (pending.bytes.size() + 1));
  }
  MemoryFile& target = *opened(file).file;
  put_write(target.current, pending);
  target.pending.push_back(std::move(pending));
  return is_failing ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const std::lock_guard guard(disk->mutex);
  if (disk->fails()) return SQLITE_IOERR_TRUNCATE;
  const PendingWrite pending{.new_size = static_cast<std::size_t>(size)};
  put_write(opened(file).file->current, pending);
  opened(file).file->pending.push_back(pending);
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  const std::lock_guard guard(disk->mutex);
  if (disk->fails()) return SQLITE_IOERR_FSYNC;
  MemoryFile& target = *opened(file).file;
  for (const PendingWrite& pending : target.pending) put_write(target.durable, pending);
  target.pending.clear();
  return SQLITE_OK;
}

int size_of(sqlite3_file* file, sqlite3_int64* size) {
  const std::lock_guard guard(disk->mutex);
  *size = static_cast<sqlite3_int64>(opened(file).file->current.size());
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kSector); }
// As SQLite's unix file system says, and as this disk does: a write changes nothing beside itself.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_index(sqlite3_file* file, int region, int size, int may_extend, void volatile** address) {
  const std::lock_guard guard(disk->mutex);
  OpenFile& own = opened(file);
  SharedIndex& index = own.file->index;
  if (!own.uses_index) ++index.users;
  own.uses_index = true;
  *address = nullptr;
  const auto wanted = static_cast<std::size_t>(region);
  if (wanted >= index.regions.size() && may_extend == 0) return SQLITE_OK;
  while (index.regions.size() <= wanted) {
    index.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *address = index.regions[wanted].get();
  return SQLITE_OK;
}

unsigned mask_of(int first, int count) { return ((1u << count) - 1u) << first; }

void unlock_index(OpenFile& own, unsigned mask) {
  for (unsigned slot = 0; slot < own.file->index.slots.size(); ++slot) {
    const unsigned bit = (1u << slot) & mask;
    if ((own.exclusive & bit) != 0) own.file->index.slots[slot] = 0;
    if ((own.shared & bit) != 0) --own.file->index.slots[slot];
  }
  own.shared &= ~mask;
  own.exclusive &= ~mask;
}

int lock_index(sqlite3_file* file, int first, int count, int flags) {
  const std::lock_guard guard(disk->mutex);
  OpenFile& own = opened(file);
  const unsigned mask = mask_of(first, count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    unlock_index(own, mask);
    return SQLITE_OK;
  }
  auto& slots = own.file->index.slots;
  const auto begin = slots.begin() + first;
  if ((flags & SQLITE_SHM_SHARED) != 0) {
    if ((own.shared & mask) != 0) return SQLITE_OK;
    if (*begin < 0) return SQLITE_BUSY;
    ++*begin;
    own.shared |= mask;
    return SQLITE_OK;
  }
  if (std::any_of(begin, begin + count, [](int slot) { return slot != 0; })) return SQLITE_BUSY;
  std::fill(begin, begin + count, -1);
  own.exclusive |= mask;
  return SQLITE_OK;
}

void fence_index(sqlite3_file*) {
  const std::lock_guard guard(disk->mutex);  // a full barrier
}

int unmap_index(sqlite3_file* file, int) {
  const std::lock_guard guard(disk->mutex);
  OpenFile& own = opened(file);
  unlock_index(own, ~0u);
  if (own.uses_index && --own.file->index.users == 0) own.file->index = {};
  own.uses_index = false;
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {.iVersion = 2,
                                     .xClose = close,
                                     .xRead = read,
                                     .xWrite = write,
                                     .xTruncate = truncate,
                                     .xSync = sync,
                                     .xFileSize = size_of,
                                     .xLock = lock,
                                     .xUnlock = unlock,
                                     .xCheckReservedLock = is_reserved,
                                     .xFileControl = control,
                                     .xSectorSize = sector_size,
                                     .xDeviceCharacteristics = characteristics,
                                     .xShmMap = map_index,
                                     .xShmLock = lock_index,
                                     .xShmBarrier = fence_index,
                                     .xShmUnmap = unmap_index,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  const std::lock_guard guard(disk->mutex);
  if (disk->is_off) return SQLITE_CANTOPEN;
  auto& entry = disk->files[name == nullptr ? "temporary" : name];
  if (!entry) entry = std::make_shared<MemoryFile>();
  opened(file) = {.base = {.pMethods = &kMethods},
                  .file = entry.get(),
                  .level = SQLITE_LOCK_NONE,
                  .shared = 0,
                  .exclusive = 0,
                  .uses_index = false};
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int) {
  const std::lock_guard guard(disk->mutex);
  if (disk->fails()) return SQLITE_IOERR_DELETE;
  // An open file keeps its bytes for whoever has it open; no test opens one that was removed.
  if (const auto found = disk->files.find(name); found != disk->files.end()) {
    found->second->current.clear();
    found->second->durable.clear();
    found->second->pending.clear();
  }
  return SQLITE_OK;
}

int is_there(sqlite3_vfs*, const char* name, int, int* answer) {
  const std::lock_guard guard(disk->mutex);
  const auto found = disk->files.find(name);
  *answer = found != disk->files.end() && !found->second->current.empty();
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* target) {
  std::snprintf(target, static_cast<std::size_t>(size), "%s", name);
  return SQLITE_OK;
}

// For good: what is built over a file system keeps its address.
sqlite3_vfs& memory_file_system() {
  static sqlite3_vfs* system = [] {
    auto* made = new sqlite3_vfs(*sqlite3_vfs_find(nullptr));
    made->zName = "memory";
    made->szOsFile = sizeof(OpenFile);
    made->pNext = nullptr;
    made->xOpen = open;
    made->xDelete = remove;
    made->xAccess = is_there;
    made->xFullPathname = full_path;
    return made;
  }();
  return *system;
}

sqlite3_vfs* usual = nullptr;

}  // namespace

std::string to_string(DiskFault fault) {
  switch (fault) {
    case DiskFault::none: return "none";
    case DiskFault::power_cut: return "power cut";
    case DiskFault::process_death: return "process death";
    case DiskFault::refused: return "refused write";
  }
  return "";
}

DiskInMemory::DiskInMemory(std::uint64_t seed) : state_(std::make_unique<State>()) {
  state_->random.seed(seed);
  sqlite3_vfs& memory = memory_file_system();
  usual = sqlite3_vfs_find(nullptr);
  sqlite3_vfs_register(&memory, 1);
  disk = state_.get();
}

DiskInMemory::~DiskInMemory() {
  sqlite3_vfs_register(usual, 1);
  disk = nullptr;
}

void DiskInMemory::arm(DiskFault fault, std::int64_t operations) {
  const std::lock_guard guard(state_->mutex);
  state_->fault = fault;
  state_->operations_left = operations;
  state_->has_struck = false;
}

void DiskInMemory::disarm() { arm(DiskFault::none, -1); }

bool DiskInMemory::has_struck() const {
  const std::lock_guard guard(state_->mutex);
  return state_->has_struck;
}

bool DiskInMemory::is_off() const {
  const std::lock_guard guard(state_->mutex);
  return state_->is_off;
}

void DiskInMemory::turn_off() {
  const std::lock_guard guard(state_->mutex);
  state_->is_off = true;
}

void DiskInMemory::lose_power() {
  const std::lock_guard guard(state_->mutex);
  state_->is_off = true;
  state_->has_lost_power = true;
}

void DiskInMemory::restart() {
  const std::lock_guard guard(state_->mutex);
  for (auto& [name, file] : state_->files) {
    if (state_->has_lost_power) {
      for (const PendingWrite& write : file->pending) state_->keep_some(file->durable, write);
      file->pending.clear();
      file->current = file->durable;
    }
    file->readers = 0;
    file->reserved_by = file->exclusive_by = nullptr;
    file->index = {};
  }
  state_->fault = DiskFault::none;
  state_->operations_left = -1;
  state_->is_off = state_->has_lost_power = state_->has_struck = false;
}

}  // namespace understudy::storage
