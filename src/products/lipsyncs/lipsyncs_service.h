// The product's operations, as its routes, its quotes and the agent call them. Any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/input_resolver.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/lipsyncs/lipsyncs.h"

namespace understudy::lipsyncs {

// The answer for a new id: sent, and stored for the request's Idempotency-Key with the effect.
using AnswerFor = std::function<api::Response(const std::string& id)>;

struct Batch {
  std::string id;
  std::string title;
  std::vector<jobs::Job> items;  // in the order of the request
};

class LipsyncsService {
 public:
  LipsyncsService(jobs::JobStore& queue, jobs::InputResolver& inputs,
                  const money::PriceBook& prices, const Clock& clock)
      : queue_(queue), inputs_(inputs), prices_(prices), clock_(clock) {}

  // The new lipsync's id. Errors: those of parse(), of InputResolver and of JobStore::submit.
  Result<std::string> create(const api::Request& request, const AnswerFor& answer);
  // The new batch's id; all entries are accepted or none. Errors name the entry's index.
  Result<std::string> create_batch(const api::Request& request, const AnswerFor& answer);
  Result<api::Quote> quote(const accounts::Principal& principal, const json::object& body);

  Result<jobs::Job> find(std::string_view account_id, std::string_view id);  // resource_not_found
  Result<std::vector<jobs::Job>> list(jobs::JobQuery query);
  Result<jobs::Job> rename(std::string_view account_id, std::string_view id,
                           const std::string& title);                          // resource_not_found
  Result<void> remove(std::string_view account_id, std::string_view id);       // resource_not_found
  Result<Batch> find_batch(std::string_view account_id, std::string_view id);  // resource_not_found

 private:
  Result<jobs::NewJob> plan(const accounts::Principal& principal, const json::object& body,
                            jobs::Keep keep);
  Result<void> check_callback(const std::string& url) const;

  jobs::JobStore& queue_;
  jobs::InputResolver& inputs_;
  const money::PriceBook& prices_;
  const Clock& clock_;
};

}  // namespace understudy::lipsyncs
