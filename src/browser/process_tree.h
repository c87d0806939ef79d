// A process and everything that descends from it, as /proc shows it: what it keeps in memory, what
// it has spent, its end. Any thread.
#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace understudy::browser {

// `root` first. Ends of processes while it looks are no errors.
std::vector<pid_t> process_tree(pid_t root);

// An upper bound of resident_bytes() that costs little: shared pages counted once for each process.
std::int64_t resident_bytes_at_most(const std::vector<pid_t>& processes);

// Resident bytes of all of them, shared pages counted once for each that shares them fairly (PSS).
std::int64_t resident_bytes(const std::vector<pid_t>& processes);

// Kills the root's whole tree, also what left its process group, and waits for the root.
void kill_tree(pid_t root);

}  // namespace understudy::browser
