#include "products/lipsyncs/lipsyncs_service.h"

#include <algorithm>

#include "jobs/webhook_rules.h"
#include "media/inspect.h"

namespace understudy::lipsyncs {
namespace {

constexpr std::int64_t kDeadlineMs = 3 * 60 * 60 * 1000;

struct Inputs {
  jobs::ResolvedInput video;
  jobs::ResolvedInput audio;
  Facts facts;
};

Result<Inputs> resolve(jobs::InputResolver& resolver, std::string_view account_id,
                       const Request& request, jobs::Keep keep) {
  Inputs inputs;
  TRY_ASSIGN(inputs.video,
             resolver.from_source(
                 account_id, request.video,
                 {.param = "video", .kinds = {"video"}, .size_max = kVideoBytesMax}, keep));
  TRY_ASSIGN(
      inputs.audio,
      resolver.from_source(
          account_id, request.audio,
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

}  // namespace

Result<jobs::NewJob> LipsyncsService::plan(const accounts::Principal& principal,
                                           const json::object& body, jobs::Keep keep) {
  TRY_ASSIGN(const Request request, parse(body));
  TRY(jobs::check_callback_url(request.callback_url, inputs_.allows_private()));
  TRY_ASSIGN(const Inputs inputs, resolve(inputs_, principal.account_id, request, keep));
  TRY_ASSIGN(const std::int64_t length_ms, estimate_ms(request, inputs.facts));
  const std::int64_t now_ms = clock_.now_ms();
  jobs::NewJob job;
  TRY(jobs::set_price(job, prices_.in_effect(now_ms), principal.wallet_id, price_item(request),
                      {length_ms}));
  jobs::set_times(job, now_ms, kDeadlineMs);
  job.kind = kKind.name;
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
  return job;
}

Result<api::Response> LipsyncsService::create(const api::Request& request,
                                              const api::JobAnswer& answer) {
  TRY_ASSIGN(auto job, plan(request.principal, request.object(), jobs::Keep::in_blob_store));
  return api::submit_job(queue_, request, std::move(job), answer);
}

Result<api::Response> LipsyncsService::create_batch(const api::Request& request) {
  TRY(jobs::check_callback_url(string_or(request.object(), "callback_url"),
                               inputs_.allows_private()));
  return api::submit_batch(queue_, request, "lipsyncs", clock_.now_ms(),
                           [&](const json::object& entry) {
                             return plan(request.principal, entry, jobs::Keep::in_blob_store);
                           });
}

Result<api::Quote> LipsyncsService::quote(const accounts::Principal& principal,
                                          const json::object& body) {
  TRY_ASSIGN(const auto job, plan(principal, body, jobs::Keep::nothing));
  // Containers round the lengths that they state; decoding decides.
  return api::quote_of(job, int_or(job.request, "estimate_ms", 0), false);
}

}  // namespace understudy::lipsyncs
