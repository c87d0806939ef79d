// What every kind of job says of itself in the same words: its head, what went wrong, how far it
// is, its outputs. A product adds what is its own.
#pragma once

#include <string>
#include <string_view>

#include "api/batches.h"
#include "api/job_kind.h"
#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"
#include "money/price_book.h"

namespace understudy::api {

// As the kind names it: completed, failed (a cancelled one too), or its words for the two before.
std::string_view status_of(const JobKind& kind, jobs::JobState state);

// Empty: nothing went wrong. The contract has no state for a cancelled job, so that this says it.
std::string failure_code(const jobs::Job& job);
std::string failure_message(const JobKind& kind, const jobs::Job& job);

// {id, title, status, created_at}
json::object job_head(const JobKind& kind, const jobs::Job& job);

// Seconds since 1970; null until it is completed.
json::value completed_at(const jobs::Job& job);

// Seconds; null until it is completed.
json::value duration_or_null(const jobs::Job& job, std::int64_t duration_ms);

// failure_code and failure_message, or null.
void add_failure(json::object& resource, const JobKind& kind, const jobs::Job& job);

// Beyond the contract: charge, progress, stage, eta_seconds, and of a queued one queue_position.
void add_progress(json::object& resource, const jobs::Job& job, const money::PriceBook& prices);

// The link to a file of `result`'s "outputs"; null while there is none.
json::value output_link(const json::object& result, std::string_view name,
                        const LinkFunction& link);

// In a bulk status or a batch.
BatchItem batch_item(const JobKind& kind, const jobs::Job& job);

}  // namespace understudy::api
