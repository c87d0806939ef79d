// Submits jobs that a request ordered, one or a batch: the job, what is held for it and the stored
// answer of the request's Idempotency-Key in one transaction.
#pragma once

#include <functional>
#include <string_view>

#include "api/http.h"
#include "base/json.h"
#include "jobs/job_store.h"

namespace understudy::api {

inline constexpr int kBatchEntriesMax = 100;  // the contract's

// The answer to the order of `job`, which is not submitted yet.
using JobAnswer = std::function<Response(const jobs::NewJob& job)>;

// Errors: those of JobStore::submit.
Result<Response> submit_job(jobs::JobStore& queue, const Request& request, jobs::NewJob job,
                            const JobAnswer& answer);

// A batch of what the body's list `entries_field` ("lipsyncs") holds: all of them or none. Its
// title and callback_url are kept in each job. Answers 202 and the batch's id.
// Errors: those of `plan`, naming the entry; those of JobStore::submit.
using PlanJob = std::function<Result<jobs::NewJob>(const json::object& entry)>;
Result<Response> submit_batch(jobs::JobStore& queue, const Request& request,
                              std::string_view entries_field, std::int64_t now_ms,
                              const PlanJob& plan);

}  // namespace understudy::api
