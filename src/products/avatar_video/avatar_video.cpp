#include "products/avatar_video/avatar_video.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "compose/canvas.h"

namespace understudy::avatar_video {

std::string_view to_string(Engine engine) {
  switch (engine) {
    case Engine::avatar_iii: return "avatar_iii";
    case Engine::avatar_iv: return "avatar_iv";
    case Engine::avatar_v: return "avatar_v";
  }
  std::abort();
}

std::string_view to_string(Person person) {
  switch (person) {
    case Person::nobody: return "nobody";
    case Person::presenter: return "presenter";
    case Person::photo: return "photo";
    case Person::composed: return "composed";
    case Person::twin: return "twin";
  }
  std::abort();
}

Result<void> set_shape(Request& request, int photo_width, int photo_height) {
  if (request.auto_resolution.empty()) return {};
  TRY_ASSIGN(const auto size, compose::canvas_size("auto", request.auto_resolution,
                                                   compose::CanvasSize{photo_width, photo_height}));
  request.width = size.width;
  request.height = size.height;
  return {};
}

speech::SpeechRequest speech_request(const Request& request) {
  return {.text = request.script,
          .is_ssml = trimmed(request.script).starts_with("<speak"),
          .voice_id = request.voice_id,
          .speed = request.voice.speed,
          .pitch_semitones = speech::semitones_from_pitch(request.voice.pitch),
          .volume = request.voice.volume,
          .pronunciations = request.pronunciations,
          .locale = request.voice.locale};
}

Result<Estimate> estimate_script(const Request& request) {
  const auto spoken = speech_request(request);
  TRY_ASSIGN(const auto script, speech::script_of(spoken));
  const double seconds = speech::longest_duration_s(script, spoken);
  return Estimate{std::min(billable_ms(frame_count(seconds)), kDurationMaxMs), false};
}

Estimate estimate_audio(std::int64_t duration_ms) {
  return {billable_ms(frame_count(static_cast<double>(duration_ms) / 1000)), true};
}

std::string price_item(const Request& request) {
  const char* look = request.person == Person::presenter ? ".studio_avatar"
                     : request.person == Person::twin    ? ".digital_twin"
                                                         : ".photo_avatar";
  return "avatar_video." + std::string(to_string(request.engine)) + look;
}

int frame_count(double duration_s, int fps) {
  // A sound that ends within a millisecond after a frame needs no further one.
  return std::max(1, static_cast<int>(std::ceil((duration_s - 0.001) * fps)));
}

std::int64_t billable_ms(int frames, int fps) { return std::int64_t{1000} * frames / fps; }

}  // namespace understudy::avatar_video
