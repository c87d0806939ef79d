#include "products/avatar_video/avatar_video_service.h"

#include <algorithm>

#include "api/idempotency.h"
#include "base/id.h"
#include "jobs/webhook_rules.h"
#include "money/credit_prices.h"

namespace understudy::avatar_video {
namespace {

constexpr std::string_view kKind = "avatar_video";
constexpr std::int64_t kDeadlineMs = 60 * 60 * 1000;

jobs::InputRules audio_rules(const Request& request) {
  return {.param = request.audio_param, .kinds = {"audio", "video"}, .size_max = 50 << 20};
}

jobs::InputRules image_rules(std::string param) {
  return {.param = std::move(param), .kinds = {"image"}, .size_max = 50 << 20};
}

Result<jobs::ResolvedInput> resolve(jobs::InputResolver& inputs, std::string_view account_id,
                                    const InputSource& source, const jobs::InputRules& rules,
                                    jobs::Keep keep) {
  if (!source.url.empty()) return inputs.from_url(source.url, rules, keep);
  if (!source.asset_id.empty()) return inputs.from_asset(account_id, source.asset_id, rules);
  return inputs.from_base64(source.base64, rules, keep);
}

// The resolved inputs of a request, as its job carries them.
struct Inputs {
  json::object refs;
  json::object photo_facts;
  std::vector<std::string> hashes;
  std::int64_t audio_ms = 0;
  void add(std::string_view name, const jobs::ResolvedInput& input) {
    refs[name] = jobs::to_json(input.blob);
    hashes.push_back(input.blob.hash);
  }
};

Result<Inputs> resolve_inputs(jobs::InputResolver& resolver, std::string_view account_id,
                              const Request& request, jobs::Keep keep) {
  Inputs inputs;
  if (!request.audio.is_empty()) {
    TRY_ASSIGN(const auto audio,
               resolve(resolver, account_id, request.audio, audio_rules(request), keep));
    if (!bool_or(audio.facts, "has_audio", false)) {
      return fail(ErrorCode::no_audio_track, "'" + request.audio_param + "' has no sound.",
                  request.audio_param);
    }
    inputs.audio_ms = int_or(audio.facts, "duration_ms", 0);
    if (inputs.audio_ms > kDurationMaxMs) {
      return fail(ErrorCode::video_too_long, "A video is at most 30 minutes long.",
                  request.audio_param);
    }
    inputs.add("audio", audio);
  }
  if (!request.photo.is_empty()) {
    TRY_ASSIGN(auto photo,
               resolve(resolver, account_id, request.photo, image_rules("image"), keep));
    inputs.add("photo", photo);
    inputs.photo_facts = std::move(photo.facts);
  }
  if (request.own_look && !request.own_look->photo.hash.empty()) {
    inputs.refs["photo"] = jobs::to_json(request.own_look->photo);
    inputs.refs["face"] = jobs::to_json(request.own_look->face);
    inputs.hashes.push_back(request.own_look->photo.hash);
    inputs.hashes.push_back(request.own_look->face.hash);
    inputs.photo_facts = {{"width", request.own_look->width}, {"height", request.own_look->height}};
  }
  if (request.background && !request.background->image.is_empty()) {
    TRY_ASSIGN(const auto image, resolve(resolver, account_id, request.background->image,
                                         image_rules("background"), keep));
    inputs.add("background", image);
  }
  if (request.watermark) {
    TRY_ASSIGN(const auto image, resolve(resolver, account_id, request.watermark->image,
                                         image_rules("watermark.image"), keep));
    inputs.add("watermark", image);
  }
  return inputs;
}

std::optional<jobs::StoredAnswer> answer_for(const api::Request& request,
                                             const api::Response& response) {
  if (!request.idempotency) return std::nullopt;
  return api::stored_answer(*request.idempotency, response);
}

}  // namespace

AvatarVideoService::AvatarVideoService(jobs::JobStore& queue, jobs::InputResolver& inputs,
                                       jobs::AvatarStore& avatars, const money::PriceBook& prices,
                                       const Clock& clock)
    : queue_(queue), inputs_(inputs), avatars_(avatars), prices_(prices), clock_(clock) {}

Result<OwnLook> AvatarVideoService::own_look(const std::string& account_id,
                                             const std::string& id) const {
  TRY_ASSIGN(const auto look, avatars_.find_look(account_id, id));
  if (look.state == jobs::JobState::failed || look.state == jobs::JobState::cancelled) {
    return fail(ErrorCode::invalid_parameter,
                "The look '" + id + "' could not be made: " + look.failure_message, "avatar_id");
  }
  if (look.state != jobs::JobState::completed) {
    return fail(ErrorCode::resource_not_ready, "The look '" + id + "' is still being made.",
                "avatar_id");
  }
  TRY_ASSIGN(const auto group, avatars_.find_group(account_id, look.group_id));
  OwnLook own{.id = look.id, .default_voice_id = group.default_voice_id};
  own.prompt = string_or(look.result, "prompt");
  own.seed = int_or(look.result, "seed", 0);
  own.width = static_cast<int>(int_or(look.result, "width", 0));
  own.height = static_cast<int>(int_or(look.result, "height", 0));
  if (!own.prompt.empty()) {
    if (own.default_voice_id.empty())
      own.default_voice_id = speech::default_voice(string_or(look.result, "gender")).id;
    return own;
  }
  const auto* outputs = object_or_null(look.result, "outputs");
  const auto blob = [&](const char* name) -> Result<jobs::BlobRef> {
    const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
    if (output == nullptr)
      return fail(ErrorCode::internal_error, "The files of this look are missing.");
    return jobs::blob_ref_from(*output);
  };
  TRY_ASSIGN(own.photo, blob("photo"));
  TRY_ASSIGN(own.face, blob("face"));
  return own;
}

Result<void> AvatarVideoService::check_callback(const std::string& url) const {
  if (url.empty()) return {};
  return jobs::check_webhook_url(url, inputs_.allows_private(), "callback_url");
}

Result<jobs::NewJob> AvatarVideoService::plan(const accounts::Principal& principal,
                                              const json::object& body, jobs::Keep keep) {
  TRY_ASSIGN(Request request, parse(body, [&](const std::string& id) {
               return own_look(principal.account_id, id);
             }));
  TRY(check_callback(request.callback_url));
  TRY_ASSIGN(Inputs inputs, resolve_inputs(inputs_, principal.account_id, request, keep));
  TRY(set_shape(request, static_cast<int>(int_or(inputs.photo_facts, "width", 0)),
                static_cast<int>(int_or(inputs.photo_facts, "height", 0))));
  Estimate estimate = estimate_audio(inputs.audio_ms);
  if (!request.script.empty()) {
    TRY_ASSIGN(estimate, estimate_script(request));
  }
  const std::int64_t now_ms = clock_.now_ms();
  TRY_ASSIGN(const auto offer, money::offer(prices_.in_effect(now_ms), principal.wallet_id, price_item(request)));

  jobs::NewJob job;
  job.kind = kKind;
  job.title = request.title;
  job.folder_id = request.folder_id;
  job.request = to_json(request);
  job.request["inputs"] = std::move(inputs.refs);
  if (!request.callback_url.empty()) job.request["callback_url"] = request.callback_url;
  job.request["estimate_ms"] = estimate.duration_ms;
  job.request["estimate_is_exact"] = estimate.is_exact;
  job.input_blobs = std::move(inputs.hashes);
  jobs::bill_to(job, principal);
  job.price_item = price_item(request);
  job.price_version = offer.version;
  job.hold = money::charge(offer.price, {estimate.duration_ms});
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
  quote.price_version = job.price_version;
  quote.quantity = job.request.at("estimate_ms").to_number<std::int64_t>();
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
