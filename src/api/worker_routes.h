// The server's side of the worker protocol (jobs/worker_protocol.h), under /internal/v1/: claims
// that wait, heartbeats, exact prices, reports, and files by content. Not part of the public API;
// guarded by the worker token, which is no API key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/http.h"
#include "base/clock.h"
#include "jobs/blob_store.h"
#include "jobs/job_notifier.h"
#include "jobs/job_store.h"

namespace understudy::api {

struct WorkerRoutesPorts {  // all outlive the routes
  jobs::JobStore& jobs;     // the waking one
  jobs::BlobStore& blobs;
  jobs::JobNotifier& notifier;
  const Clock& clock;
};

struct WorkerRoutesConfig {
  std::string token;  // at least 16 characters, or every request is refused
  std::int64_t upload_max = 2LL << 30;
  std::int64_t claim_wait_max_ms = 20'000;
  int waiting_max = 32;  // claims that wait hold a thread each; further ones are answered at once
};

std::vector<Route> worker_routes(const WorkerRoutesPorts& ports, const WorkerRoutesConfig& config);

}  // namespace understudy::api
