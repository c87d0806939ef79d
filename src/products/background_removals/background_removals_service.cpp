#include "products/background_removals/background_removals_service.h"

#include "base/bytes.h"
#include "base/id.h"
#include "money/credit_prices.h"
#include "money/ledger.h"

namespace understudy::background_removals {
namespace {

constexpr std::string_view kKind = "background_removals";
constexpr std::string_view kRequestKind = "background_removal_request";
constexpr std::int64_t kDeadlineMs = 2 * 60 * 60 * 1000;

tl::unexpected<Error> no_removal() {
  return fail(ErrorCode::resource_not_found, "There is no background removal with this id.",
              "job_id");
}

Result<jobs::ResolvedInput> fetch(jobs::InputResolver& inputs, std::string_view account_id,
                                  const Request& request, jobs::Keep keep) {
  const jobs::InputRules rules{.param = "video", .kinds = {"video"}, .size_max = 100 << 20};
  if (!request.url.empty()) return inputs.from_url(request.url, rules, keep);
  if (!request.asset_id.empty()) return inputs.from_asset(account_id, request.asset_id, rules);
  return inputs.from_base64(request.base64, rules, keep);
}

// The document's id is made of the two, so that finding it needs no index of its own.
std::string document_id(const std::string& account_id, const std::string& request_id) {
  return sha256_hex(account_id + "\n" + request_id);
}

// What pays for it, in dollars or credits.
const money::PriceBook& book_of(const ServicePorts& ports, const std::string& wallet_id,
                                std::int64_t now_ms) {
  if (money::is_credits_wallet(wallet_id)) return money::credit_prices_version_1();
  return ports.prices.in_effect(now_ms);
}

}  // namespace

Result<jobs::NewJob> BackgroundRemovalsService::plan(const accounts::Principal& principal,
                                                     const Request& request, jobs::Keep keep) {
  auto found = fetch(ports_.inputs, principal.account_id, request, keep);
  if (!found) {
    Error error = std::move(found).error();
    // This operation documents no 404: what a body names and is not there is a wrong parameter.
    if (error.code == ErrorCode::asset_not_found) error.code = ErrorCode::invalid_parameter;
    error.param = "video";
    return tl::make_unexpected(std::move(error));
  }
  TRY_ASSIGN(const Film film, film_of(found->facts));
  const std::int64_t now_ms = ports_.clock.now_ms();
  const money::PriceBook& book = book_of(ports_, principal.wallet_id, now_ms);
  jobs::NewJob job;
  job.kind = kKind;
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
  job.price_item = kPriceItem;
  job.price_lines = {price_line(book, film.duration_ms())};
  job.price_version = book.version();
  TRY_ASSIGN(job.hold, money::charge(book, job.price_lines));
  job.created_at_ms = now_ms;
  job.deadline_at_ms = now_ms + kDeadlineMs;
  job.id = new_id(now_ms);
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
      const auto job = find(principal.account_id, *first);
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
      find(principal.account_id, id)) {
    return id;
  }
  TRY(submitted);
  return id;
}

Result<api::Quote> BackgroundRemovalsService::quote(const accounts::Principal& principal,
                                                    const json::object& body) {
  TRY_ASSIGN(const Request request, parse(body));
  TRY_ASSIGN(const auto job, plan(principal, request, jobs::Keep::nothing));
  api::Quote quote;
  quote.price_item = job.price_item;
  quote.price_lines = job.price_lines;
  quote.price_version = job.price_version;
  quote.quantity = job.request.at("estimate_ms").to_number<std::int64_t>();
  quote.is_exact = true;
  quote.amount = job.hold;
  return quote;
}

Result<jobs::Job> BackgroundRemovalsService::find(std::string_view account_id,
                                                  std::string_view id) {
  auto job = ports_.queue.find(account_id, id);
  if (job && job->kind == kKind) return job;
  if (!job && job.error().code != ErrorCode::not_found) return job;
  return no_removal();
}

Result<std::vector<jobs::Job>> BackgroundRemovalsService::list(jobs::JobQuery query) {
  query.kind = kKind;
  return ports_.queue.list(query);
}

Result<void> BackgroundRemovalsService::remove(std::string_view account_id, std::string_view id) {
  TRY_ASSIGN(const auto job, find(account_id, id));
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
  return ports_.queue.remove(account_id, id, ports_.clock.now_ms());
}

}  // namespace understudy::background_removals
