#include "products/avatar_video/avatar_video_service.h"

#include <algorithm>

#include "api/error_envelope.h"
#include "api/idempotency.h"
#include "base/id.h"
#include "jobs/webhook_rules.h"
#include "money/credit_prices.h"
#include "products/avatar_video/cinematic_plan.h"
#include "products/avatar_video/own_looks.h"
#include "products/avatar_video/studio_plan.h"
#include "products/avatar_video/video_inputs.h"

namespace understudy::avatar_video {
namespace {

constexpr std::string_view kKind = "avatar_video";
constexpr std::int64_t kDeadlineMs = 60 * 60 * 1000;

// The resolved inputs of a request, as its job carries them.
struct Inputs {
  json::object refs;
  json::object photo_facts;
  std::vector<std::string> hashes;
  std::int64_t audio_ms = 0;
};

Result<Inputs> resolve_inputs(jobs::InputResolver& resolver, std::string_view account_id,
                              const Request& request, jobs::Keep keep) {
  std::vector<std::string> names;
  std::vector<InputWish> wishes;
  const auto add = [&](const char* name, const InputSource& source, jobs::InputRules rules) {
    names.emplace_back(name);
    wishes.push_back({source, std::move(rules)});
  };
  if (!request.audio.is_empty()) add("audio", request.audio, audio_rules(request.audio_param));
  if (!request.photo.is_empty()) add("photo", request.photo, image_rules("image"));
  if (request.background && !request.background->image.is_empty()) {
    add("background", request.background->image, image_rules("background"));
  }
  if (request.watermark) {
    add("watermark", request.watermark->image, image_rules("watermark.image"));
  }
  TRY_ASSIGN(const auto found, find_inputs(resolver, account_id, wishes, keep));
  Inputs inputs;
  for (std::size_t i = 0; i < found.size(); ++i) {
    inputs.refs[names[i]] = jobs::to_json(found[i].input.blob);
    inputs.hashes.push_back(found[i].input.blob.hash);
    if (names[i] == "photo") inputs.photo_facts = found[i].input.facts;
    if (names[i] == "audio") {
      TRY_ASSIGN(inputs.audio_ms, sound_ms(found[i].input, request.audio_param));
    }
  }
  if (request.person == Person::photo && request.own_look) {
    const OwnLook& look = *request.own_look;
    inputs.refs["photo"] = jobs::to_json(look.photo);
    inputs.refs["face"] = jobs::to_json(look.face);
    inputs.hashes.insert(inputs.hashes.end(), {look.photo.hash, look.face.hash});
    inputs.photo_facts = {{"width", look.width}, {"height", look.height}};
  }
  return inputs;
}

// The job as a reader will find it right after its submit.
jobs::Job as_submitted(const jobs::NewJob& made) {
  jobs::Job job;
  job.id = made.id;
  job.account_id = made.account_id;
  job.is_test = made.is_test;
  job.kind = made.kind;
  job.title = made.title;
  job.folder_id = made.folder_id;
  job.request = made.request;
  job.created_at_ms = made.created_at_ms;
  job.charge.price_item = made.price_item;
  job.charge.price_lines = made.price_lines;
  job.charge.price_version = made.price_version;
  if (!made.is_test) job.charge.held = made.hold;
  return job;
}

std::optional<jobs::StoredAnswer> answer_for(const api::Request& request,
                                             const api::Response& response) {
  if (!request.idempotency) return std::nullopt;
  return api::stored_answer(*request.idempotency, response);
}

}  // namespace

AvatarVideoService::AvatarVideoService(jobs::JobStore& queue, jobs::InputResolver& inputs,
                                       jobs::AvatarStore& avatars, const money::PriceBook& prices,
                                       const Clock& clock, Glossaries glossaries)
    : queue_(queue),
      inputs_(inputs),
      avatars_(avatars),
      prices_(prices),
      clock_(clock),
      glossaries_(std::move(glossaries)) {}

Result<void> AvatarVideoService::check_callback(const std::string& url) const {
  if (url.empty()) return {};
  return jobs::check_webhook_url(url, inputs_.allows_private(), "callback_url");
}

Result<void> AvatarVideoService::settle_labels(const accounts::Principal& principal,
                                               Request& request) const {
  TRY(check_callback(request.callback_url));
  if (request.glossary_id.empty()) return {};
  TRY_ASSIGN(request.pronunciations, glossaries_(principal.account_id, request.glossary_id));
  return {};
}

Result<void> AvatarVideoService::plan_avatar(Request request, const accounts::Principal& principal,
                                             const money::PriceBook& book, jobs::Keep keep,
                                             jobs::NewJob& job) {
  TRY_ASSIGN(Inputs inputs, resolve_inputs(inputs_, principal.account_id, request, keep));
  TRY(set_shape(request, static_cast<int>(int_or(inputs.photo_facts, "width", 0)),
                static_cast<int>(int_or(inputs.photo_facts, "height", 0))));
  Estimate estimate = estimate_audio(inputs.audio_ms);
  if (!request.script.empty()) {
    TRY_ASSIGN(estimate, estimate_script(request));
  }
  TRY_ASSIGN(const auto offer, money::offer(book, principal.wallet_id, price_item(request)));
  job.request = to_json(request);
  job.request["inputs"] = std::move(inputs.refs);
  job.request["estimate_ms"] = estimate.duration_ms;
  job.request["estimate_is_exact"] = estimate.is_exact;
  job.input_blobs = std::move(inputs.hashes);
  job.price_item = price_item(request);
  job.price_version = offer.version;
  job.hold = money::charge(offer.price, {estimate.duration_ms});
  return {};
}

Result<jobs::NewJob> AvatarVideoService::plan(const accounts::Principal& principal,
                                              const json::object& body, jobs::Keep keep) {
  const std::int64_t now_ms = clock_.now_ms();
  const money::PriceBook& book = prices_.in_effect(now_ms);
  jobs::NewJob job;
  job.kind = kKind;
  Request labels;
  const auto find_own = [&](const std::string& id) -> Result<OwnLook> {
    TRY_ASSIGN(auto own, find_own_look(avatars_, principal.account_id, id));
    if (!own.is_test || principal.is_test) return own;
    return fail(ErrorCode::forbidden,
                "This look was made with a test key, so that it was not paid: only test keys may "
                "use it.",
                "avatar_id");
  };
  if (string_or(body, "type") == "studio") {
    TRY_ASSIGN(Studio studio, parse_studio(body, find_own));
    TRY(settle_labels(principal, studio.video));
    for (auto& scene : studio.scenes) scene.spoken.pronunciations = studio.video.pronunciations;
    labels = studio.video;
    TRY(plan_studio(std::move(studio), body, principal, inputs_, book, keep, job));
  } else if (is_cinematic(body)) {
    TRY_ASSIGN(Cinematic cinematic, parse_cinematic(body, [&](const std::string& id) {
                 return find_own_look(avatars_, principal.account_id, id);
               }));
    labels.title = cinematic.title;
    TRY(plan_cinematic(std::move(cinematic), principal, inputs_, book, keep, job));
  } else {
    TRY_ASSIGN(labels, parse(body, find_own));
    TRY(settle_labels(principal, labels));
    TRY(plan_avatar(labels, principal, book, keep, job));
  }
  job.request["aspect_ratio"] = string_or(body, "aspect_ratio", "16:9");
  job.request["resolution"] = string_or(body, "resolution", is_cinematic(body) ? "720p" : "1080p");
  job.title = labels.title;
  job.folder_id = labels.folder_id;
  if (!labels.callback_url.empty()) job.request["callback_url"] = labels.callback_url;
  jobs::bill_to(job, principal);
  job.created_at_ms = now_ms;
  job.deadline_at_ms = job.created_at_ms + kDeadlineMs;
  job.id = new_id(job.created_at_ms);
  return job;
}

Result<std::string> AvatarVideoService::create(const api::Request& request,
                                               const AnswerFor& answer) {
  TRY_ASSIGN(auto job, plan(request.principal, request.object(), jobs::Keep::in_blob_store));
  const std::string id = job.id;
  jobs::Submission submission;
  submission.answer = answer_for(request, answer(id));
  submission.jobs.push_back(std::move(job));
  TRY(queue_.submit(submission));
  return id;
}

Result<api::Response> AvatarVideoService::create_studio(const api::Request& request,
                                                        const json::object& body,
                                                        const AnswerForJob& answer) {
  TRY_ASSIGN(auto job, plan(request.principal, body, jobs::Keep::in_blob_store));
  api::Response response = answer(as_submitted(job));
  jobs::Submission submission;
  submission.answer = answer_for(request, response);
  submission.jobs.push_back(std::move(job));
  TRY(queue_.submit(submission));
  response.is_answer_stored = true;
  return response;
}

Result<void> AvatarVideoService::check_studio(const accounts::Principal& principal,
                                              const json::object& body) {
  TRY(plan(principal, body, jobs::Keep::nothing));
  return {};
}

Result<std::string> AvatarVideoService::create_batch(const api::Request& request,
                                                     const AnswerFor& answer) {
  const json::object& body = request.object();
  const std::string batch_id = new_id(clock_.now_ms());
  const std::string callback_url = string_or(body, "callback_url");
  TRY(check_callback(callback_url));
  jobs::Submission submission;
  int index = 0;
  for (const auto& entry : body.at("videos").get_array()) {
    auto job = plan(request.principal, entry.get_object(), jobs::Keep::in_blob_store);
    if (!job) {
      Error error = std::move(job).error();
      // The batch itself is there, so nothing is "not found".
      if (api::http_status(error.code) == 404) error.code = ErrorCode::invalid_parameter;
      error.message = "Entry " + std::to_string(index) + " of 'videos': " + error.message;
      error.param = "videos";
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

Result<Quote> AvatarVideoService::quote(const accounts::Principal& principal,
                                        const json::object& body) {
  TRY_ASSIGN(const auto job, plan(principal, body, jobs::Keep::nothing));
  Quote quote;
  quote.price_item = job.price_item;
  quote.price_lines = job.price_lines;
  quote.price_version = job.price_version;
  quote.quantity = is_cinematic(job.request) ? 1 : job.request.at("estimate_ms").to_number<std::int64_t>();
  quote.is_exact = job.request.at("estimate_is_exact").get_bool();
  quote.amount = job.hold;
  return quote;
}

Result<jobs::Job> AvatarVideoService::find(std::string_view account_id, std::string_view id) {
  auto job = queue_.find(account_id, id);
  if (job && job->kind == kKind) return job;
  if (!job && job.error().code != ErrorCode::not_found) return job;
  return fail(ErrorCode::video_not_found, "There is no video with this id.", "video_id");
}

Result<std::vector<jobs::Job>> AvatarVideoService::list(jobs::JobQuery query) {
  query.kind = kKind;
  return queue_.list(query);
}

Result<void> AvatarVideoService::remove(std::string_view account_id, std::string_view id) {
  TRY(find(account_id, id));
  return queue_.remove(account_id, id, clock_.now_ms());
}

Result<Batch> AvatarVideoService::find_batch(std::string_view account_id, std::string_view id) {
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

}  // namespace understudy::avatar_video
