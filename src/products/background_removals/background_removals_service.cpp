#include "products/background_removals/background_removals_service.h"

#include "base/bytes.h"
#include "money/credit_prices.h"

namespace understudy::background_removals {
namespace {

constexpr std::string_view kRequestKind = "background_removal_request";
constexpr std::int64_t kDeadlineMs = 2 * 60 * 60 * 1000;

// The document's id is made of the two, so that finding it needs no index of its own.
std::string document_id(const std::string& account_id, const std::string& request_id) {
  return sha256_hex(account_id + "\n" + request_id);
}

}  // namespace

Result<jobs::NewJob> BackgroundRemovalsService::plan(const accounts::Principal& principal,
                                                     const Request& request, jobs::Keep keep) {
  auto found = ports_.inputs.from_source(
      principal.account_id, request.video,
      {.param = "video", .kinds = {"video"}, .size_max = 100 << 20}, keep);
  if (!found) {
    Error error = std::move(found).error();
    // This operation documents no 404: what a body names and is not there is a wrong parameter.
    if (error.code == ErrorCode::asset_not_found) error.code = ErrorCode::invalid_parameter;
    error.param = "video";
    return tl::make_unexpected(std::move(error));
  }
  TRY_ASSIGN(const Film film, film_of(found->facts));
  const std::int64_t now_ms = ports_.clock.now_ms();
  const money::PriceBook& book = ports_.prices.in_effect(now_ms);
  jobs::NewJob job;
  TRY(jobs::set_price_lines(
      job, book, principal.wallet_id, kPriceItem,
      {price_line(money::book_for(book, principal.wallet_id), film.duration_ms())}));
  jobs::set_times(job, now_ms, kDeadlineMs);
  job.kind = kKind.name;
  job.title = request.title;
  job.request = {{"film", to_json(film)}, {"title", request.title}};
  json::array layers;
  for (const auto& layer : request.layers) layers.push_back(json::value(layer));
  job.request["layers"] = std::move(layers);
  job.request["inputs"] = json::object{{"video", jobs::to_json(found->blob)}};
  job.request["estimate_ms"] = film.duration_ms();
  job.request["estimate_is_exact"] = true;
  if (!found->blob.hash.empty()) job.input_blobs = {found->blob.hash};
  jobs::bill_to(job, principal);
  return job;
}

Result<std::optional<std::string>> BackgroundRemovalsService::known(const std::string& account_id,
                                                                    const std::string& request_id) {
  const auto document =
      ports_.documents.find(account_id, kRequestKind, document_id(account_id, request_id));
  if (document) return std::optional(string_or(document->body, "job_id"));
  if (document.error().code == ErrorCode::not_found) return std::optional<std::string>();
  return tl::make_unexpected(document.error());
}

Result<std::string> BackgroundRemovalsService::reserve(const std::string& account_id,
                                                       const std::string& request_id,
                                                       const std::string& id) {
  const std::int64_t now_ms = ports_.clock.now_ms();
  const accounts::Document document{.id = document_id(account_id, request_id),
                                    .account_id = account_id,
                                    .kind = std::string(kRequestKind),
                                    .name = request_id,
                                    .body = {{"job_id", id}},
                                    .created_at_ms = now_ms,
                                    .updated_at_ms = now_ms};
  auto created = ports_.documents.create(document);
  if (created) return id;
  if (created.error().code != ErrorCode::conflict) return tl::make_unexpected(created.error());
  TRY_ASSIGN(const auto kept, known(account_id, request_id));
  if (!kept) return fail(ErrorCode::internal_error, "The request_id could not be kept.");
  return *kept;
}

Result<std::string> BackgroundRemovalsService::create(const accounts::Principal& principal,
                                                      const json::object& body) {
  TRY_ASSIGN(const Request request, parse(body));
  std::string kept_id;
  if (!request.request_id.empty()) {
    TRY_ASSIGN(const auto first, known(principal.account_id, request.request_id));
    if (first) {
      const auto document =
          ports_.documents.find(principal.account_id, kRequestKind,
                                document_id(principal.account_id, request.request_id));
      if (document && bool_or(document->body, "is_deleted", false)) return *first;
      const auto job = removals().find(principal.account_id, *first);
      if (job) return *first;
      if (job.error().code != ErrorCode::resource_not_found)
        return tl::make_unexpected(job.error());
      kept_id = *first;  // its job was refused, or is only just being made: it gets the same id
    }
  }
  TRY_ASSIGN(auto job, plan(principal, request, jobs::Keep::in_blob_store));
  if (!kept_id.empty()) {
    job.id = kept_id;
  } else if (!request.request_id.empty()) {
    TRY_ASSIGN(job.id, reserve(principal.account_id, request.request_id, job.id));
  }
  if (!request.request_id.empty()) job.request["request_id"] = request.request_id;
  const std::string id = job.id;
  jobs::Submission submission;
  submission.jobs.push_back(std::move(job));
  auto submitted = ports_.queue.submit(submission);
  // Another request with this request_id was faster.
  if (!submitted && submitted.error().code == ErrorCode::conflict && !request.request_id.empty() &&
      removals().find(principal.account_id, id)) {
    return id;
  }
  TRY(submitted);
  return id;
}

Result<api::Quote> BackgroundRemovalsService::quote(const accounts::Principal& principal,
                                                    const json::object& body) {
  TRY_ASSIGN(const Request request, parse(body));
  TRY_ASSIGN(const auto job, plan(principal, request, jobs::Keep::nothing));
  return api::quote_of(job, int_or(job.request, "estimate_ms", 0), true);
}

Result<void> BackgroundRemovalsService::remove(std::string_view account_id, std::string_view id) {
  TRY_ASSIGN(const auto job, removals().find(account_id, id));
  const std::string request_id = string_or(job.request, "request_id");
  if (!request_id.empty()) {
    const auto forget = [&](accounts::Document& document) -> Result<void> {
      document.body["is_deleted"] = true;
      document.updated_at_ms = ports_.clock.now_ms();
      return {};
    };
    auto changed = ports_.documents.change(account_id, kRequestKind,
                                           document_id(job.account_id, request_id), forget);
    if (!changed && changed.error().code != ErrorCode::not_found)
      return tl::make_unexpected(changed.error());
  }
  return removals().remove(account_id, id);
}

}  // namespace understudy::background_removals
