#include "products/avatar_video/presenter_source.h"

#include "avatar/presenter_composer.h"
#include "compose/background.h"

namespace understudy::avatar_video {
namespace {

// White stands behind a presenter whose backdrop was removed, where the format has no transparency.
constexpr const char* kRemovedBackdrop = "#ffffff";

// Of the head's own movement.
double liveliness_of(const Request& request) {
  if (request.expressiveness == "high") return 1.5;
  if (request.expressiveness == "medium") return 1.15;
  return 0.9;
}

}  // namespace

Result<std::optional<media::Frame>> background_frame(const Request& request,
                                                     const media::Image* image) {
  const compose::CanvasSize size{request.width, request.height};
  std::optional<media::Frame> frame;
  if (image != nullptr) {
    frame = compose::image_background(*image, compose::Fit::cover, size);
    return frame;
  }
  std::string colour = request.background ? request.background->color : std::string();
  if (colour.empty() && request.is_transparent && request.output_format == "mp4")
    colour = kRemovedBackdrop;
  if (colour.empty()) return frame;
  TRY_ASSIGN(const auto parsed, compose::parse_colour(colour));
  frame = compose::colour_background(parsed, size);
  return frame;
}

Result<std::unique_ptr<PresenterSource>> PresenterSource::make(const Request& request,
                                                               const speech::Speech& speech,
                                                               const media::Image* background) {
  TRY_ASSIGN(const auto frame, background_frame(request, background));
  avatar::AnimatorOptions options;
  options.width = request.width;
  options.height = request.height;
  options.fps = request.fps;
  options.fit =
      request.has_fit && request.fit == "cover" ? avatar::Fit::cover : avatar::Fit::contain;
  options.is_transparent = request.output_format == "webm";
  options.background = frame ? &*frame : nullptr;
  const int frames = avatar_video::frame_count(speech.duration_s(), request.fps);
  if (request.person == Person::composed) {
    options.motion_prompt = request.motion_prompt;
    options.liveliness = liveliness_of(request);
    const auto made = avatar::compose_presenter(request.own_look->prompt,
                                                static_cast<std::uint32_t>(request.own_look->seed));
    avatar::PresenterAnimator composed(made.presenter, made.look, speech, options);
    return std::unique_ptr<PresenterSource>(new PresenterSource(std::move(composed), frames));
  }
  avatar::PresenterAnimator animator(*request.look, speech, options);
  return std::unique_ptr<PresenterSource>(new PresenterSource(std::move(animator), frames));
}

Result<media::Rectangle> PresenterSource::draw(int index, media::Frame& canvas) {
  return animator_.draw_on(index, canvas);
}

media::VideoSettings writer_settings(const Request& request) {
  media::VideoSettings settings;
  settings.format =
      request.output_format == "webm" ? media::VideoFormat::webm : media::VideoFormat::mp4;
  settings.width = request.width;
  settings.height = request.height;
  settings.fps = request.fps;
  settings.threads = kEncoderThreads;
  settings.has_audio = true;
  settings.has_alpha = request.output_format == "webm";
  return settings;
}

}  // namespace understudy::avatar_video
