#include "products/avatar_video/twin_source.h"

#include <vector>

#include "products/avatar_video/own_looks.h"
#include "products/avatar_video/photo_source.h"
#include "products/avatar_video/presenter_source.h"
#include "products/avatar_video/video_steps.h"
#include "speech/speech_file.h"

namespace understudy::avatar_video {
namespace {

avatar::MouthQuality quality_of(Engine engine) {
  switch (engine) {
    case Engine::avatar_iii: return avatar::MouthQuality::one_donor;
    case Engine::avatar_iv: return avatar::MouthQuality::by_pose;
    case Engine::avatar_v: return avatar::MouthQuality::unit_selection;
  }
  std::abort();
}

std::optional<compose::Fit> fit_of(const Request& request) {
  if (!request.has_fit) return std::nullopt;
  return request.fit == "cover" ? compose::Fit::cover : compose::Fit::contain;
}

}  // namespace

Result<TwinSource::Footage> TwinSource::read_footage(const jobs::RenderContext& context,
                                                     const std::string& prefix) {
  Footage footage;
  TRY_ASSIGN(const auto film, context.input(prefix + "film"));
  TRY_ASSIGN(const auto track, context.input(prefix + "track"));
  TRY_ASSIGN(const auto heard, context.input(prefix + "heard"));
  footage.film = film.file;
  TRY_ASSIGN(footage.track, face::read_track(track.file));
  TRY_ASSIGN(footage.heard, speech::read_speech_file(heard.file));
  return footage;
}

Result<void> TwinSource::gather_mouths(jobs::RenderContext& context, const Request& request) {
  const auto of = [](const Footage& footage) {
    return avatar::MouthFootage{.film = footage.film,
                                .track = &footage.track,
                                .start_s = 0,
                                .heard = footage.heard.phones.empty() ? nullptr : &footage.heard,
                                .is_indexed = true};
  };
  std::vector<avatar::MouthFootage> all{of(own_)};
  if (reference_) all.push_back(of(*reference_));
  const auto progress = [&](double) -> Result<void> {
    context.progress(0, "choosing mouths");
    return {};
  };
  TRY_ASSIGN(donors_, avatar::MouthDonors::gather(all, quality_of(request.engine), progress));
  return {};
}

Result<std::unique_ptr<TwinSource>> TwinSource::make(jobs::RenderContext& context,
                                                     const Request& request,
                                                     const speech::Speech& speech) {
  std::unique_ptr<TwinSource> source(new TwinSource);
  TRY_ASSIGN(source->own_, read_footage(context, request.prefix));
  if (request.reference) {
    TRY_ASSIGN(source->reference_, read_footage(context, request.prefix + kReferencePrefix));
  }
  TRY_ASSIGN(const auto loop, context.input(request.prefix + "loop"));
  TRY_ASSIGN(source->loop_, compose::read_loop(loop.file));
  TRY(source->gather_mouths(context, request));
  compose::TwinFilm film;
  film.film = source->own_.film;
  film.track = &source->own_.track;
  film.loop = &*source->loop_;
  film.width = request.width;
  film.height = request.height;
  film.fps = request.fps;
  film.fit = fit_of(request);
  film.motion_prompt = request.motion_prompt;
  film.is_cut = needs_matte(request);
  if (film.is_cut && request.output_format != "webm") {
    TRY_ASSIGN(const auto image, picture(context, "background"));
    TRY_ASSIGN(film.background, background_frame(request, image ? &*image : nullptr));
  }
  const int frames = avatar_video::frame_count(speech.duration_s(), request.fps);
  TRY_ASSIGN(source->film_, compose::TwinFilmSource::open(film, speech, frames, &*source->donors_));
  for (const auto& name : source->film_->understood_motion())
    source->motion_.push_back(json::value(name));
  return source;
}

}  // namespace understudy::avatar_video
