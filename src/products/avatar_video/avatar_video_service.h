// The product's operations, as its routes, its quotes and the agent call them. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/account_store.h"
#include "api/job_submit.h"
#include "api/jobs_of_kind.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/avatar_store.h"
#include "jobs/input_resolver.h"
#include "jobs/job_store.h"
#include "money/price_book.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

class AvatarVideoService {
 public:
  // The pronunciations of an account's glossary. Errors: resource_not_found.
  using Glossaries = std::function<Result<std::vector<speech::Pronunciation>>(
      std::string_view account_id, std::string_view glossary_id)>;

  AvatarVideoService(jobs::JobStore& queue, jobs::InputResolver& inputs, jobs::AvatarStore& avatars,
                     const money::PriceBook& prices, const Clock& clock, Glossaries glossaries);

  // Errors: those of parse(), of InputResolver and of JobStore::submit.
  Result<api::Response> create(const api::Request& request, const api::JobAnswer& answer);
  // The same for a studio video that another product has made of this request (templates).
  Result<api::Response> create_studio(const api::Request& request, const json::object& body,
                                      const api::JobAnswer& answer);
  // What create_studio() would submit, with nothing kept: whether it would be accepted.
  Result<void> check_studio(const accounts::Principal& principal, const json::object& body);

  // All entries are accepted or none. Errors name the entry's index.
  Result<api::Response> create_batch(const api::Request& request);
  Result<api::Quote> quote(const accounts::Principal& principal, const json::object& body);

  api::JobsOfKind videos() const { return {kKind, queue_, clock_}; }

 private:
  // The callback, and what the glossary says.
  Result<void> settle_labels(const accounts::Principal& principal, Request& request) const;
  // Fills in what depends on the type of the video.
  Result<void> plan_avatar(Request request, const accounts::Principal& principal,
                           const money::PriceBook& book, jobs::Keep keep, jobs::NewJob& job);
  Result<jobs::NewJob> plan(const accounts::Principal& principal, const json::object& body,
                            jobs::Keep keep);

  jobs::JobStore& queue_;
  jobs::InputResolver& inputs_;
  jobs::AvatarStore& avatars_;
  const money::PriceBook& prices_;
  const Clock& clock_;
  Glossaries glossaries_;
};

}  // namespace understudy::avatar_video
