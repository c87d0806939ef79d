// DiskInMemory: the disk of one machine, for tests of what a database keeps when something breaks.
// While it lives it is SQLite's file system. Only a sync makes bytes durable; a fault strikes at a
// chosen write, sync, truncation or deletion from now:
//   power_cut      everything fails from then on; every sector that was not synced is there or not
//   process_death  everything fails from then on; what was written stays, the last write in part
//   refused        this one operation fails (disk full, input/output error), the next ones work
//
// Several connections of one process may use it: file locks and the locks of the log's shared index
// are those of SQLite's unix file system. Any thread. One at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace understudy::storage {

enum class DiskFault { none, power_cut, process_death, refused };
std::string to_string(DiskFault fault);

class DiskInMemory {
 public:
  explicit DiskInMemory(std::uint64_t seed);  // decides which sectors survive
  ~DiskInMemory();
  DiskInMemory(const DiskInMemory&) = delete;
  DiskInMemory& operator=(const DiskInMemory&) = delete;

  // The fault strikes at the operation after `operations` more of them.
  void arm(DiskFault fault, std::int64_t operations);
  void disarm();
  bool has_struck() const;  // since it was armed
  bool is_off() const;

  // From now on everything fails, as for a process that is no more.
  void turn_off();
  // Turns the disk on again with what survived the fault. Requires: no file is open.
  void restart();

  // What the next restart keeps when no fault turned the disk off: all that was written, or by
  // chance what was not synced.
  void lose_power();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace understudy::storage
