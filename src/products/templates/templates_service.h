// The product's operations, as its routes call them. Any thread; files may be fetched.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "api/http.h"
#include "base/clock.h"
#include "jobs/input_resolver.h"
#include "jobs/job.h"
#include "products/templates/templates.h"

namespace understudy::templates {

// What templates ask of the product that makes videos.
struct Videos {
  // Submits a studio video; the answer is the Video. Stored for the request's Idempotency-Key.
  std::function<Result<api::Response>(const api::Request&, const json::object& body)> create;
  // Whether it would be accepted.
  std::function<Result<void>(const accounts::Principal&, const json::object& body)> check;
  std::function<Result<jobs::Job>(std::string_view account_id, std::string_view id)> find;
};

class TemplatesService {
 public:
  TemplatesService(accounts::DocumentStore& documents, jobs::InputResolver& inputs, Videos videos,
                   const Clock& clock)
      : templates_(kKind, documents), inputs_(inputs), videos_(std::move(videos)), clock_(clock) {}

  // Errors: template_not_found.
  Result<accounts::Document> find(std::string_view account_id, std::string_view id);
  Result<std::vector<accounts::Document>> list(accounts::DocumentQuery query);

  // The answer of POST /v3/templates/{id}. Errors: template_not_found, those of expand() and of
  // the video.
  Result<api::Response> generate(const api::Request& request, std::string_view id);

  // From a document, or from {"video_id", "name"}. Errors: those of read_template(),
  // video_not_found, and what a video of it would be refused for.
  Result<accounts::Document> create(const accounts::Principal& principal, const json::object& body);
  Result<accounts::Document> change(const accounts::Principal& principal, std::string_view id,
                                    const json::object& body);
  Result<void> remove(std::string_view account_id, std::string_view id);

 private:
  StoreFile store_for(std::string_view account_id);
  Result<json::object> document_of_video(const accounts::Principal& principal,
                                         const std::string& video_id);
  Result<void> check(const accounts::Principal& principal, const json::object& kept);

  accounts::DocumentsOfKind templates_;
  jobs::InputResolver& inputs_;
  Videos videos_;
  const Clock& clock_;
};

}  // namespace understudy::templates
