#include "products/lipsyncs/lipsyncs_service.h"

#include <algorithm>

#include "api/error_envelope.h"
#include "api/idempotency.h"
#include "base/id.h"
#include "jobs/webhook_rules.h"
#include "media/inspect.h"
#include "money/credit_prices.h"

namespace understudy::lipsyncs {
namespace {

constexpr std::string_view kKind = "lipsyncs";
constexpr std::int64_t kDeadlineMs = 3 * 60 * 60 * 1000;

tl::unexpected<Error> no_lipsync() {
  return fail(ErrorCode::resource_not_found, "There is no lipsync with this id.", "lipsync_id");
}

Result<jobs::ResolvedInput> fetch(jobs::InputResolver& inputs, std::string_view account_id,
                                  const MediaSource& source, const jobs::InputRules& rules,
                                  jobs::Keep keep) {
  if (!source.url.empty()) return inputs.from_url(source.url, rules, keep);
  return inputs.from_asset(account_id, source.asset_id, rules);
}

struct Inputs {
  jobs::ResolvedInput video;
  jobs::ResolvedInput audio;
  Facts facts;
};

Result<Inputs> resolve(jobs::InputResolver& resolver, std::string_view account_id,
                       const Request& request, jobs::Keep keep) {
  Inputs inputs;
  TRY_ASSIGN(inputs.video,
             fetch(resolver, account_id, request.video,
                   {.param = "video", .kinds = {"video"}, .size_max = kVideoBytesMax}, keep));
  TRY_ASSIGN(
      inputs.audio,
      fetch(resolver, account_id, request.audio,
            {.param = "audio", .kinds = {"audio", "video"}, .size_max = kAudioBytesMax}, keep));
  if (!bool_or(inputs.audio.facts, "has_audio", false))
    return fail(ErrorCode::no_audio_track, "'audio' has no sound.", "audio");
  inputs.facts.video_ms = int_or(inputs.video.facts, "duration_ms", 0);
  inputs.facts.video_rate = media::rate_from(inputs.video.facts);
  inputs.facts.audio_ms = int_or(inputs.audio.facts, "duration_ms", 0);
  const auto width = int_or(inputs.video.facts, "width", 0);
  const auto height = int_or(inputs.video.facts, "height", 0);
  if (std::min(width, height) < 64)
    return fail(ErrorCode::invalid_parameter, "'video' must be at least 64 pixels wide and high.",
                "video");
  return inputs;
}

std::optional<jobs::StoredAnswer> answer_for(const api::Request& request,
                                             const api::Response& response) {
  if (!request.idempotency) return std::nullopt;
  return api::stored_answer(*request.idempotency, response);
}

}  // namespace

Result<void> LipsyncsService::check_callback(const std::string& url) const {
  if (url.empty()) return {};
  return jobs::check_webhook_url(url, inputs_.allows_private(), "callback_url");
}

Result<jobs::NewJob> LipsyncsService::plan(const accounts::Principal& principal,
                                           const json::object& body, jobs::Keep keep) {
  TRY_ASSIGN(const Request request, parse(body));
  TRY(check_callback(request.callback_url));
  TRY_ASSIGN(const Inputs inputs, resolve(inputs_, principal.account_id, request, keep));
  TRY_ASSIGN(const std::int64_t length_ms, estimate_ms(request, inputs.facts));
  const std::int64_t now_ms = clock_.now_ms();
  TRY_ASSIGN(const auto offer,
             money::offer(prices_.in_effect(now_ms), principal.wallet_id, price_item(request)));
  jobs::NewJob job;
  job.kind = kKind;
  job.title = request.title;
  job.folder_id = request.folder_id;
  job.request = to_json(request);
  job.request["inputs"] = json::object{{"video", jobs::to_json(inputs.video.blob)},
                                       {"audio", jobs::to_json(inputs.audio.blob)}};
  job.request["video_facts"] = inputs.video.facts;
  if (!request.callback_url.empty()) job.request["callback_url"] = request.callback_url;
  job.request["estimate_ms"] = length_ms;
  job.input_blobs = {inputs.video.blob.hash, inputs.audio.blob.hash};
  jobs::bill_to(job, principal);
  job.price_item = price_item(request);
  job.price_version = offer.version;
  job.hold = money::charge(offer.price, {length_ms});
  job.created_at_ms = now_ms;
  job.deadline_at_ms = now_ms + kDeadlineMs;
  job.id = new_id(now_ms);
  return job;
}

Result<std::string> LipsyncsService::create(const api::Request& request, const AnswerFor& answer) {
  TRY_ASSIGN(auto job, plan(request.principal, request.object(), jobs::Keep::in_blob_store));
  const std::string id = job.id;
  jobs::Submission submission;
  submission.answer = answer_for(request, answer(id));
  submission.jobs.push_back(std::move(job));
  TRY(queue_.submit(submission));
  return id;
}

Result<std::string> LipsyncsService::create_batch(const api::Request& request,
                                                  const AnswerFor& answer) {
  const json::object& body = request.object();
  const std::string batch_id = new_id(clock_.now_ms());
  const std::string callback_url = string_or(body, "callback_url");
  TRY(check_callback(callback_url));
  jobs::Submission submission;
  int index = 0;
  for (const auto& entry : body.at("lipsyncs").get_array()) {
    auto job = plan(request.principal, entry.get_object(), jobs::Keep::in_blob_store);
    if (!job) {
      Error error = std::move(job).error();
      // The batch itself is there, so nothing is "not found".
      if (api::http_status(error.code) == 404) error.code = ErrorCode::invalid_parameter;
      error.message = "Entry " + std::to_string(index) + " of 'lipsyncs': " + error.message;
      error.param = "lipsyncs";
      return tl::make_unexpected(std::move(error));
    }
    job->batch_id = batch_id;
    job->batch_index = index++;
    job->request["batch_title"] = string_or(body, "title");
    if (!callback_url.empty()) job->request["batch_callback_url"] = callback_url;
    submission.jobs.push_back(*std::move(job));
  }
  submission.answer = answer_for(request, answer(batch_id));
  TRY(queue_.submit(submission));
  return batch_id;
}

Result<api::Quote> LipsyncsService::quote(const accounts::Principal& principal,
                                          const json::object& body) {
  TRY_ASSIGN(const auto job, plan(principal, body, jobs::Keep::nothing));
  api::Quote quote;
  quote.price_item = job.price_item;
  quote.price_version = job.price_version;
  quote.quantity = job.request.at("estimate_ms").to_number<std::int64_t>();
  // Containers round the lengths that they state; decoding decides.
  quote.is_exact = false;
  quote.amount = job.hold;
  return quote;
}

Result<jobs::Job> LipsyncsService::find(std::string_view account_id, std::string_view id) {
  auto job = queue_.find(account_id, id);
  if (job && job->kind == kKind) return job;
  if (!job && job.error().code != ErrorCode::not_found) return job;
  return no_lipsync();
}

Result<std::vector<jobs::Job>> LipsyncsService::list(jobs::JobQuery query) {
  query.kind = kKind;
  return queue_.list(query);
}

Result<jobs::Job> LipsyncsService::rename(std::string_view account_id, std::string_view id,
                                          const std::string& title) {
  TRY(find(account_id, id));
  auto job = queue_.rename(account_id, id, title);
  if (!job && job.error().code == ErrorCode::not_found) return no_lipsync();
  return job;
}

Result<void> LipsyncsService::remove(std::string_view account_id, std::string_view id) {
  TRY(find(account_id, id));
  return queue_.remove(account_id, id, clock_.now_ms());
}

Result<Batch> LipsyncsService::find_batch(std::string_view account_id, std::string_view id) {
  jobs::JobQuery query;
  query.account_id = account_id;
  query.kind = kKind;
  query.batch_id = id;
  query.limit = 100;
  TRY_ASSIGN(auto items, queue_.list(query));
  if (items.empty())
    return fail(ErrorCode::resource_not_found, "There is no batch with this id.", "batch_id");
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.batch_index < b.batch_index; });
  Batch batch;
  batch.id = id;
  batch.title = string_or(items.front().request, "batch_title");
  batch.items = std::move(items);
  return batch;
}

}  // namespace understudy::lipsyncs
