#include "avatar/preview.h"

namespace understudy::avatar {

PresenterAnimator preview_clip(const Look& look, int width, int height) {
  // Silence with one word in it, which the gestures answer with a wave.
  speech::Speech speech;
  constexpr double kDuration = static_cast<double>(kPreviewFrames) / kPreviewFps;
  speech.samples.resize(static_cast<std::size_t>(kDuration * speech::kSampleRate));
  speech.phones.push_back({0, kDuration, "pau", false});
  speech.words.push_back({0.9, 1.4, "Hello!", true});
  return {look, speech, {.width = width, .height = height, .fps = kPreviewFps}};
}

media::Frame preview_picture(const Look& look, int width, int height) {
  // The first instant of silence: the first blink is at 0.8 s or later.
  PresenterAnimator animator(look, {}, {.width = width, .height = height});
  media::Frame frame;
  animator.draw(0, frame);
  return frame;
}

}  // namespace understudy::avatar
