// The seccomp filter of sandboxed programs: no socket but AF_UNIX, no looking into other processes,
// no mounts, no kernel interfaces with a history of holes.
#pragma once

#include <vector>

#include <linux/filter.h>

#include "base/result.h"

namespace understudy::jobs {

struct FilterOptions {
  // A browser's own sandbox makes user namespaces; inside of bubblewrap it may.
  bool allows_namespaces = false;
  // A render reads frames out of its browser. Only where nothing but the job's own processes can be
  // reached: in a process namespace, as a user of its own, or under Landlock.
  bool allows_memory_reading = false;
};

// Errors: service_unavailable.
Result<std::vector<sock_filter>> make_seccomp_filter(const FilterOptions& options);

}  // namespace understudy::jobs
