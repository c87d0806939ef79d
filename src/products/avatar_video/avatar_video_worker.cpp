#include "products/avatar_video/avatar_video_worker.h"

#include "products/avatar_video/cinematic.h"
#include "products/avatar_video/cinematic_worker.h"
#include "products/avatar_video/photo_source.h"
#include "products/avatar_video/presenter_source.h"
#include "products/avatar_video/studio.h"
#include "products/avatar_video/studio_worker.h"
#include "products/avatar_video/video_steps.h"

namespace understudy::avatar_video {
namespace {

constexpr double kSpeechShare = 0.1;  // of the progress bar

Result<std::unique_ptr<compose::FrameSource>> source_of(jobs::RenderContext& context,
                                                        const Request& request,
                                                        const speech::Speech& speech,
                                                        json::object& facts) {
  std::unique_ptr<compose::FrameSource> source;
  if (request.person == Person::photo) {
    TRY_ASSIGN(auto photo, PhotoSource::make(context, request, speech));
    facts["motion"] = photo->understood_motion();
    TRY_ASSIGN(facts["photo"], photo_report(context));
    if (needs_matte(request)) {
      TRY_ASSIGN(facts["matte"], matte_report(context));
    }
    source = std::move(photo);
    return source;
  }
  TRY_ASSIGN(const auto background, picture(context, "background"));
  TRY_ASSIGN(source, PresenterSource::make(request, speech, background ? &*background : nullptr));
  return source;
}

Result<jobs::RenderOutcome> draw_and_encode(jobs::RenderContext& context, const Request& request,
                                            const speech::Speech& speech) {
  jobs::RenderOutcome outcome;
  TRY_ASSIGN(auto source, source_of(context, request, speech, outcome.facts));
  TRY_ASSIGN(const auto options, video_options(context, request, to_string(request.engine)));
  outcome.outputs = outputs_of(request);
  const auto words = timed_words(speech);
  const compose::Soundtrack sound{.samples = speech.samples, .channels = 1, .words = words};
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(kSpeechShare + (1 - kSpeechShare) * fraction, "rendering");
    return {};
  };
  TRY_ASSIGN(const auto summary,
             compose::write_video(*source, sound, options, paths_of(context, outcome), progress));
  outcome.quantity = summary.duration_ms;
  json::object providers{{"speech", request.script.empty() ? "given" : provider_of(request)}};
  if (request.person == Person::photo) {
    providers["photo"] = "mesh";
  } else {
    providers["presenter"] = "vector rig";
  }
  outcome.facts["duration_ms"] = summary.duration_ms;
  outcome.facts["frames"] = summary.frames;
  outcome.facts["providers"] = std::move(providers);
  return outcome;
}

}  // namespace

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  if (is_cinematic(context.request())) return render_cinematic(context);
  if (is_studio(context.request())) return render_studio(context);
  TRY_ASSIGN(const Request request, from_json(context.request()));
  if (request.person == Person::nobody)
    return fail(ErrorCode::internal_error, "The video has no look.");
  // A picture without a face ends the job before anything is spoken.
  if (request.person == Person::photo) {
    TRY(find_face_once(context));
    if (needs_matte(request)) TRY(cut_out_once(context));
  }
  TRY_ASSIGN(const auto speech,
             kept_speech(context, request, {.file = "speech", .input = "audio", .share = kSpeechShare}));
  const std::int64_t length_ms = billable_ms(frame_count(speech.duration_s()));
  if (length_ms > kDurationMaxMs) {
    return fail(ErrorCode::video_too_long,
                "The script takes longer than the 30 minutes a video may have.");
  }
  TRY(context.confirm_exact(length_ms));
  return draw_and_encode(context, request, speech);
}

}  // namespace understudy::avatar_video
