// The product's operations, as its routes and its quotes call them. Any thread.
//
// A request_id names a job once and for all: its document (accounts/document_store) is written
// before the job and holds the job's id, so that of any number of equal requests, at once or later,
// on one server or several, one makes the job and all others find it, whatever dies in between.
#pragma once

#include <optional>
#include <string>

#include "accounts/document_store.h"
#include "api/jobs_of_kind.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/input_resolver.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/background_removals/background_removals.h"

namespace understudy::background_removals {

struct ServicePorts {
  jobs::JobStore& queue;
  jobs::InputResolver& inputs;
  accounts::DocumentStore& documents;
  const money::PriceBook& prices;
  const Clock& clock;
};

class BackgroundRemovalsService {
 public:
  explicit BackgroundRemovalsService(ServicePorts ports) : ports_(ports) {}

  // The job's id, new or that of the first request with this request_id. Errors: those of parse(),
  // of InputResolver and of JobStore::submit; film_of().
  Result<std::string> create(const accounts::Principal& principal, const json::object& body);
  Result<api::Quote> quote(const accounts::Principal& principal, const json::object& body);

  // To be removed by remove(), which the request_id remembers. Errors: resource_not_found.
  Result<void> remove(std::string_view account_id, std::string_view id);
  api::JobsOfKind removals() const { return {kKind, ports_.queue, ports_.clock}; }

 private:
  Result<jobs::NewJob> plan(const accounts::Principal& principal, const Request& request,
                            jobs::Keep keep);
  // The id that belongs to a request_id, when one does.
  Result<std::optional<std::string>> known(const std::string& account_id,
                                           const std::string& request_id);
  // Keeps `id` for it, unless one is kept already; gives the one that is kept.
  Result<std::string> reserve(const std::string& account_id, const std::string& request_id,
                              const std::string& id);

  ServicePorts ports_;
};

}  // namespace understudy::background_removals
