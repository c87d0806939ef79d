// The product's operations, as its routes and its quotes call them. Any thread.
#pragma once

#include <chrono>
#include <string>

#include "api/http.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/job_notifier.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/voices/voices.h"

namespace understudy::voices {

// A speech that is not done by then fails and costs nothing.
inline constexpr std::int64_t kDeadlineMs = 100 * 1000;

class VoicesService {
 public:
  // `queue` tells `notifier` of every end (jobs::make_waking_job_store).
  VoicesService(jobs::JobStore& queue, jobs::JobNotifier& notifier, const money::PriceBook& prices,
                const Clock& clock);

  // Submits a job to the speech lane and waits for its end: a completed job. With an
  // Idempotency-Key the job's id comes from the key, so that a repeat finds the first job, whatever
  // became of the first answer. Errors: those of parse_speech() and of JobStore::submit; the job's
  // own; service_unavailable.
  Result<jobs::Job> speak(const api::Request& request);

  Result<api::Quote> quote(const json::object& body) const;

 private:
  Result<jobs::NewJob> plan(const api::Request& request) const;
  Result<jobs::Job> wait_for(jobs::JobNotifier::EndWatch& watch, const jobs::NewJob& job);

  jobs::JobStore& queue_;
  jobs::JobNotifier& notifier_;
  const money::PriceBook& prices_;
  const Clock& clock_;
};

}  // namespace understudy::voices
