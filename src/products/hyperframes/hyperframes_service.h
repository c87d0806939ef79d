// The product's operations, as its routes, its quotes and the agent call them. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/job_submit.h"
#include "api/jobs_of_kind.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/blob_store.h"
#include "jobs/input_resolver.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/hyperframes/hyperframes.h"

namespace understudy::hyperframes {

// Looks into a project's archive in a sandboxed process: inspect_project() of project_facts.h.
using InspectProject = std::function<Result<json::object>(const std::filesystem::path& archive,
                                                          const std::string& composition)>;

struct ServicePorts {
  jobs::JobStore& queue;
  jobs::InputResolver& inputs;  // its Inspect takes ZIP archives
  jobs::BlobStore& blobs;
  InspectProject inspect;
  const money::PriceBook& prices;
  const Clock& clock;
};

class HyperframesService {
 public:
  explicit HyperframesService(ServicePorts ports) : ports_(std::move(ports)) {}

  // With X-Understudy-Strict: true, what lint calls an error is one.
  // Errors: those of parse(), of InputResolver and of JobStore::submit;
  // hyperframes_project_invalid.
  Result<api::Response> create(const api::Request& request, const api::JobAnswer& answer);
  Result<api::Quote> quote(const accounts::Principal& principal, const json::object& body);

  api::JobsOfKind renders() const { return {kKind, ports_.queue, ports_.clock}; }

 private:
  struct Project {
    jobs::BlobRef blob;
    std::int64_t duration_ms = 0;  // as the composition says it, or an estimate
    bool is_exact = false;
    std::string aspect_ratio;
    json::array lint_errors;
  };
  Result<Project> resolve(std::string_view account_id, const Request& request);
  Result<jobs::NewJob> plan(const accounts::Principal& principal, const json::object& body,
                            bool is_strict);

  ServicePorts ports_;
};

}  // namespace understudy::hyperframes
