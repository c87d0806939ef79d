// Power cuts: the stores run on files in memory where only a sync makes bytes durable. At a random
// write the power goes; every sector that was not synced is then there or not, by chance. After the
// restart everything that was answered must be there, and the ledger must be clean.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/sql/ledger_check.h"
#include "storage/sql/migrations.h"
#include "storage/sqlite/group_commit.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

constexpr int kCuts = 80;
constexpr std::size_t kSector = 512;

struct PendingWrite {
  std::size_t offset = 0;
  std::string bytes;
  std::optional<std::size_t> new_size;  // of a truncation
};

struct MemoryFile {
  std::string current;
  std::string durable;
  std::vector<PendingWrite> pending;
};

void put(std::string& target, std::size_t offset, std::string_view bytes) {
  if (target.size() < offset + bytes.size()) target.resize(offset + bytes.size());
  target.replace(offset, bytes.size(), bytes);
}

// The disk of one machine. One thread at a time.
struct Disk {
  std::map<std::string, std::shared_ptr<MemoryFile>> files;
  std::map<std::string, std::vector<std::unique_ptr<char[]>>> shared;  // -shm: memory, not disk
  bool is_off = false;
  long writes_left = -1;  // until the power goes; below 0: it stays
  std::mt19937_64 random;

  // Whether the power is gone; counts one write.
  bool use_power() {
    if (!is_off && writes_left >= 0 && writes_left-- == 0) is_off = true;
    return is_off;
  }

  void restart() {
    for (auto& [name, file] : files) {
      for (const PendingWrite& write : file->pending) keep_some(file->durable, write);
      file->current = file->durable;
      file->pending.clear();
    }
    shared.clear();
    is_off = false;
    writes_left = -1;
  }

 private:
  void keep_some(std::string& durable, const PendingWrite& write) {
    if (write.new_size) {
      if (random() % 2 == 0) durable.resize(*write.new_size);
      return;
    }
    for (std::size_t i = 0; i < write.bytes.size();) {
      const auto end =
          std::min(write.bytes.size(), ((write.offset + i) / kSector + 1) * kSector - write.offset);
      if (random() % 2 == 0) {
        put(durable, write.offset + i, std::string_view(write.bytes).substr(i, end - i));
      }
      i = end;
    }
  }
};

Disk* disk = nullptr;  // SQLite's callbacks have no place for it

struct OpenFile {
  sqlite3_file base;
  MemoryFile* file;
  std::string* name;
};

OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int close_file(sqlite3_file* file) {
  delete opened(file).name;
  return SQLITE_OK;
}

int read_file_at(sqlite3_file* file, void* target, int count, sqlite3_int64 offset) {
  if (disk->is_off) return SQLITE_IOERR_READ;
  const std::string& bytes = opened(file).file->current;
  const auto start = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(count);
  const auto there = start < bytes.size() ? std::min(wanted, bytes.size() - start) : 0;
  std::memset(target, 0, wanted);
  if (there > 0) std::memcpy(target, bytes.data() + start, there);
  return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file_at(sqlite3_file* file, const void* source, int count, sqlite3_int64 offset) {
  if (disk->is_off) return SQLITE_IOERR_WRITE;
  // The write during which the power goes may still have reached some sectors.
  const bool is_last = disk->use_power();
  MemoryFile& target = *opened(file).file;
  const std::string bytes(static_cast<const char*>(source), static_cast<std::size_t>(count));
  target.pending.push_back({static_cast<std::size_t>(offset), bytes, {}});
  put(target.current, static_cast<std::size_t>(offset), bytes);
  return is_last ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (disk->use_power()) return SQLITE_IOERR_TRUNCATE;
  opened(file).file->pending.push_back({0, {}, static_cast<std::size_t>(size)});
  opened(file).file->current.resize(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
  if (disk->use_power()) return SQLITE_IOERR_FSYNC;
  opened(file).file->durable = opened(file).file->current;
  opened(file).file->pending.clear();
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(opened(file).file->current.size());
  return SQLITE_OK;
}

int map_shared(sqlite3_file* file, int region, int size, int, void volatile** address) {
  auto& regions = disk->shared[*opened(file).name];
  while (regions.size() <= static_cast<std::size_t>(region)) {
    regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *address = regions[static_cast<std::size_t>(region)].get();
  return SQLITE_OK;
}

// One connection at a time: every lock is free.
int lock_file(sqlite3_file*, int) { return SQLITE_OK; }
int is_reserved_elsewhere(sqlite3_file*, int* answer) {
  *answer = 0;
  return SQLITE_OK;
}
int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kSector); }
int characteristics(sqlite3_file*) { return 0; }
int lock_shared(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void fence_shared(sqlite3_file*) {}
int unmap_shared(sqlite3_file*, int) { return SQLITE_OK; }

const sqlite3_io_methods kMethods = {2,
                                     close_file,
                                     read_file_at,
                                     write_file_at,
                                     truncate_file,
                                     sync_file,
                                     size_of_file,
                                     lock_file,
                                     lock_file,
                                     is_reserved_elsewhere,
                                     control_file,
                                     sector_size,
                                     characteristics,
                                     map_shared,
                                     lock_shared,
                                     fence_shared,
                                     unmap_shared,
                                     nullptr,
                                     nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  if (disk->is_off) return SQLITE_CANTOPEN;
  const std::string key = name == nullptr ? "temporary" : name;
  auto& entry = disk->files[key];
  if (!entry) entry = std::make_shared<MemoryFile>();
  opened(file).file = entry.get();
  opened(file).name = new std::string(key);
  file->pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int) {
  if (disk->use_power()) return SQLITE_IOERR_DELETE;
  disk->files.erase(name);
  return SQLITE_OK;
}

int is_there(sqlite3_vfs*, const char* name, int, int* answer) {
  const auto found = disk->files.find(name);
  *answer = found != disk->files.end() && !found->second->current.empty();
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* target) {
  std::snprintf(target, static_cast<std::size_t>(size), "%s", name);
  return SQLITE_OK;
}

// Makes SQLite use the disk in memory while it lives.
class DiskInMemory {
 public:
  DiskInMemory() : usual_(sqlite3_vfs_find(nullptr)), vfs_(*usual_) {
    disk = &state;
    vfs_.zName = "power-cut";
    vfs_.szOsFile = sizeof(OpenFile);
    vfs_.pNext = nullptr;
    vfs_.xOpen = open_file;
    vfs_.xDelete = delete_file;
    vfs_.xAccess = is_there;
    vfs_.xFullPathname = full_path;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~DiskInMemory() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(usual_, 1);
    disk = nullptr;
  }
  DiskInMemory(const DiskInMemory&) = delete;
  DiskInMemory& operator=(const DiskInMemory&) = delete;

  Disk state;

 private:
  sqlite3_vfs* usual_;
  sqlite3_vfs vfs_;
};

// The real group commit; reads take their turn with the writes, because the disk knows one
// connection.
class OneConnection final : public Database {
 public:
  explicit OneConnection(std::unique_ptr<SqliteConnection> connection)
      : writer_(std::move(connection)) {}

 protected:
  Result<void> run_write(const Step& step) override { return writer_.run(step); }
  Result<void> run_read(const Step& step) override { return writer_.run(step); }

 private:
  GroupCommit writer_;
};

struct Answered {
  std::vector<std::string> submitted;
  std::vector<std::string> completed;
};

// Works until the power is gone.
Answered spend(jobs::JobStore& queue) {
  Answered answered;
  while (true) {
    const auto job = paid_job("ann", usd("0.5"));
    if (!queue.submit({.jobs = {job}})) return answered;
    answered.submitted.push_back(job.id);
    const auto claimed = queue.claim(any_worker(), kNowMs);
    if (!claimed) return answered;
    if (!*claimed) continue;
    if (!queue.complete(completion(**claimed, 1000), kNowMs)) return answered;
    answered.completed.push_back((*claimed)->id);
  }
}

std::unique_ptr<Database> start(int checkpoint_pages) {
  auto connection = open_sqlite_connection("understudy.db", SqliteAccess::read_write).value();
  // Often, so that the power also goes during a checkpoint.
  EXPECT_TRUE(
      connection->run_script("PRAGMA wal_autocheckpoint=" + std::to_string(checkpoint_pages)));
  EXPECT_TRUE(migrate(*connection, kNowMs));
  return std::make_unique<OneConnection>(std::move(connection));
}

std::vector<Answered> work_until_cut(Disk& state) {
  const auto database = start(20);
  const auto accounts = make_account_store(*database);
  const auto ledger = make_ledger_store(*database);
  const auto queue = make_job_store(*database);
  EXPECT_TRUE(accounts->create_account({.id = "ann", .name = "", .email = ""}));
  EXPECT_TRUE(
      ledger->fund({.account_id = "ann", .amount = usd("1000000"), .reference = "r"}, kNowMs));
  // On the writer's thread, which is the one that uses the disk.
  EXPECT_TRUE(database->write([&](Connection&) -> Result<void> {
    state.writes_left = static_cast<long>(state.random() % 900);
    return {};
  }));
  std::vector<Answered> answered(6);
  std::vector<std::thread> callers;
  for (auto& own : answered) callers.emplace_back([&] { own = spend(*queue); });
  for (auto& caller : callers) caller.join();
  return answered;
}

void expect_kept(const std::vector<Answered>& answered) {
  const auto database = start(1000);
  const auto whole = database->read([](Connection& connection) {
    return connection.first("PRAGMA integrity_check", {},
                            [](const Row& row) { return std::string(row.text(0)); });
  });
  ASSERT_EQ(whole.value().value(), "ok");
  const auto queue = make_job_store(*database);
  for (const Answered& own : answered) {
    for (const auto& id : own.submitted) ASSERT_TRUE(queue->find("ann", id)) << id;
    for (const auto& id : own.completed) {
      ASSERT_EQ(queue->find("ann", id).value().state, jobs::JobState::completed);
    }
  }
  const auto report = database->read([](Connection& c) { return check_ledger(c); }).value();
  ASSERT_TRUE(report.is_ok()) << to_text(report);
}

TEST(PowerCut, LosesNothingThatWasAnswered) {
  // Every cut is an undone batch, which the log calls an error.
  testing::internal::CaptureStderr();
  std::size_t kept = 0;
  for (int cut = 1; cut <= kCuts; ++cut) {
    SCOPED_TRACE("cut " + std::to_string(cut));
    DiskInMemory memory;
    memory.state.random.seed(static_cast<unsigned>(cut) * 7919u);
    const auto answered = work_until_cut(memory.state);
    memory.state.restart();
    expect_kept(answered);
    if (HasFatalFailure()) break;
    for (const auto& own : answered) kept += own.submitted.size() + own.completed.size();
  }
  testing::internal::GetCapturedStderr();
  EXPECT_GT(kept, 100u);
}

}  // namespace
}  // namespace understudy::storage
