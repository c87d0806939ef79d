#include "products/avatar_video/avatar_video_service.h"

#include "jobs/webhook_rules.h"
#include "products/avatar_video/cinematic_plan.h"
#include "products/avatar_video/own_looks.h"
#include "products/avatar_video/studio_plan.h"
#include "products/avatar_video/video_inputs.h"

namespace understudy::avatar_video {
namespace {

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
  add_look_files(request, inputs.refs, inputs.hashes);
  if (request.own_look)
    inputs.photo_facts = {{"width", request.own_look->width}, {"height", request.own_look->height}};
  return inputs;
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

Result<void> AvatarVideoService::settle_labels(const accounts::Principal& principal,
                                               Request& request) const {
  TRY(jobs::check_callback_url(request.callback_url, inputs_.allows_private()));
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
  TRY(jobs::set_price(job, book, principal.wallet_id, price_item(request), {estimate.duration_ms}));
  job.request = to_json(request);
  job.request["inputs"] = std::move(inputs.refs);
  job.request["estimate_ms"] = estimate.duration_ms;
  job.request["estimate_is_exact"] = estimate.is_exact;
  job.input_blobs = std::move(inputs.hashes);
  return {};
}

Result<jobs::NewJob> AvatarVideoService::plan(const accounts::Principal& principal,
                                              const json::object& body, jobs::Keep keep) {
  const std::int64_t now_ms = clock_.now_ms();
  const money::PriceBook& book = prices_.in_effect(now_ms);
  jobs::NewJob job;
  job.kind = kKind.name;
  jobs::set_times(job, now_ms, kDeadlineMs);
  Request labels;
  const FindOwnLook find_own = [&](const std::string& id) -> Result<OwnLook> {
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
    TRY_ASSIGN(Cinematic cinematic, parse_cinematic(body, find_own));
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
  return job;
}

Result<api::Response> AvatarVideoService::create(const api::Request& request,
                                                 const api::JobAnswer& answer) {
  return create_studio(request, request.object(), answer);
}

Result<api::Response> AvatarVideoService::create_studio(const api::Request& request,
                                                        const json::object& body,
                                                        const api::JobAnswer& answer) {
  TRY_ASSIGN(auto job, plan(request.principal, body, jobs::Keep::in_blob_store));
  return api::submit_job(queue_, request, std::move(job), answer);
}

Result<void> AvatarVideoService::check_studio(const accounts::Principal& principal,
                                              const json::object& body) {
  TRY(plan(principal, body, jobs::Keep::nothing));
  return {};
}

Result<api::Response> AvatarVideoService::create_batch(const api::Request& request) {
  TRY(jobs::check_callback_url(string_or(request.object(), "callback_url"),
                               inputs_.allows_private()));
  return api::submit_batch(queue_, request, "videos", clock_.now_ms(),
                           [&](const json::object& entry) {
                             return plan(request.principal, entry, jobs::Keep::in_blob_store);
                           });
}

Result<api::Quote> AvatarVideoService::quote(const accounts::Principal& principal,
                                             const json::object& body) {
  TRY_ASSIGN(const auto job, plan(principal, body, jobs::Keep::nothing));
  const auto quantity = is_cinematic(job.request) ? 1 : int_or(job.request, "estimate_ms", 0);
  return api::quote_of(job, quantity, bool_or(job.request, "estimate_is_exact", false));
}

}  // namespace understudy::avatar_video
