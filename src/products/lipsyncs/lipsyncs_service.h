// The product's operations, as its routes, its quotes and the agent call them. Any thread.
#pragma once

#include "api/http.h"
#include "api/job_submit.h"
#include "api/jobs_of_kind.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/input_resolver.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/lipsyncs/lipsyncs.h"

namespace understudy::lipsyncs {

class LipsyncsService {
 public:
  LipsyncsService(jobs::JobStore& queue, jobs::InputResolver& inputs,
                  const money::PriceBook& prices, const Clock& clock)
      : queue_(queue), inputs_(inputs), prices_(prices), clock_(clock) {}

  // Errors: those of parse(), of InputResolver and of JobStore::submit.
  Result<api::Response> create(const api::Request& request, const api::JobAnswer& answer);
  // All entries are accepted or none. Errors name the entry's index.
  Result<api::Response> create_batch(const api::Request& request);
  Result<api::Quote> quote(const accounts::Principal& principal, const json::object& body);

  api::JobsOfKind lipsyncs() const { return {kKind, queue_, clock_}; }

 private:
  Result<jobs::NewJob> plan(const accounts::Principal& principal, const json::object& body,
                            jobs::Keep keep);

  jobs::JobStore& queue_;
  jobs::InputResolver& inputs_;
  const money::PriceBook& prices_;
  const Clock& clock_;
};

}  // namespace understudy::lipsyncs
