#include "products/avatar_video/avatar_video.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace understudy::avatar_video {
namespace {

// The slowest voice of the catalogue speaks about 12 characters of English a second; a quarter on
// top is the margin of the estimate.
constexpr double kCharactersPerSecond = 12.0;
constexpr double kMargin = 1.25;
constexpr double kSilenceAtTheEndsS = 1.0;

// How many letters' worth of sound a character stands for: a digit is read as a word, a Chinese or
// Japanese character as a syllable.
double spoken_weight(char32_t character) {
  if (character >= U'0' && character <= U'9') return 8;
  if (character == U'%' || character == U'$' || character == U'&' || character == U'@') return 8;
  if (character >= 0x2E80) return 4;
  return 1;
}

}  // namespace

std::string_view to_string(Engine engine) {
  switch (engine) {
    case Engine::avatar_iii: return "avatar_iii";
    case Engine::avatar_iv: return "avatar_iv";
  }
  std::abort();
}

Estimate estimate_script(std::string_view script, double speed) {
  double weight = 0;
  for (const char32_t character : code_points(script)) weight += spoken_weight(character);
  const double spoken_s = weight / kCharactersPerSecond / std::clamp(speed, 0.5, 2.0);
  const double seconds = spoken_s * kMargin + kSilenceAtTheEndsS;
  const auto ms = static_cast<std::int64_t>(std::ceil(seconds * 1000));
  return {std::min(ms, kDurationMaxMs), false};
}

Estimate estimate_audio(std::int64_t duration_ms) {
  return {billable_ms(frame_count(static_cast<double>(duration_ms) / 1000)), true};
}

std::string price_item(const Request& request) {
  return "avatar_video." + std::string(to_string(request.engine)) + ".studio_avatar";
}

int frame_count(double duration_s) {
  // A sound that ends within a millisecond after a frame needs no further one.
  return std::max(1, static_cast<int>(std::ceil((duration_s - 0.001) * kFps)));
}

std::int64_t billable_ms(int frames) { return std::int64_t{1000} * frames / kFps; }

}  // namespace understudy::avatar_video
