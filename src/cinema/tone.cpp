#include "cinema/tone.h"

namespace understudy::cinema {
namespace {

// U, V of a warm or cool light: orange is (-a, +a), blue (+a, -a).
constexpr std::array<double, 2> warm(double a) { return {-a, a * 0.75}; }
constexpr std::array<double, 2> cool(double a) { return {a, -a * 0.55}; }

void set_mood(Mood mood, Tone& tone) {
  switch (mood) {
    case Mood::epic: tone.contrast *= 1.12, tone.saturation *= 1.05, tone.vignette += 0.08; break;
    case Mood::calm: tone.contrast *= 0.93, tone.saturation *= 0.92, tone.exposure *= 1.04; break;
    case Mood::happy: tone.exposure *= 1.07, tone.saturation *= 1.18, tone.vignette *= 0.6; break;
    case Mood::sad: tone.saturation *= 0.62, tone.exposure *= 0.9, tone.shadows[0] += 4; break;
    case Mood::tense:
      tone.contrast *= 1.2, tone.saturation *= 0.78, tone.exposure *= 0.84, tone.shadows[1] -= 4,
          tone.vignette += 0.15;
      break;
    case Mood::romantic:
      tone.contrast *= 0.95, tone.highlights[1] += 4, tone.shadows[1] += 2, tone.saturation *= 1.05;
      break;
    case Mood::playful: tone.saturation *= 1.22, tone.exposure *= 1.05; break;
    case Mood::mysterious:
      tone.exposure *= 0.88, tone.saturation *= 0.85, tone.shadows[0] += 5, tone.vignette += 0.12;
      break;
    case Mood::energetic: tone.contrast *= 1.16, tone.saturation *= 1.2; break;
    case Mood::neutral: break;
  }
}

}  // namespace

Tone tone_of(Light light, Mood mood) {
  Tone tone;
  switch (light) {
    case Light::natural: break;
    case Light::golden_hour:
      tone = {.exposure = 1.02,
              .contrast = 1.06,
              .saturation = 1.12,
              .shadows = warm(3),
              .highlights = warm(13),
              .vignette = 0.4,
              .backdrop_exposure = 0.98,
              .backdrop_tint = warm(10),
              .wrap = 0.55,
              .shade = 0.3,
              .rim = 0.5,
              .rim_left = warm(4),
              .rim_right = warm(26)};
      break;
    case Light::noir:
      tone = {.exposure = 1.0,
              .contrast = 1.16,
              .saturation = 0.03,
              .shadows = {},
              .highlights = {},
              .vignette = 0.52,
              .backdrop_exposure = 0.72,
              .backdrop_tint = {},
              .wrap = 0.1,
              .shade = 0.36,
              .rim = 0.6,
              .rim_left = {},
              .rim_right = {}};
      break;
    case Light::neon:
      tone = {.exposure = 0.92,
              .contrast = 1.16,
              .saturation = 1.3,
              .shadows = cool(7),
              .highlights = {4, 5},
              .vignette = 0.45,
              .backdrop_exposure = 0.8,
              .backdrop_tint = {9, 6},
              .wrap = 0.5,
              .shade = 0.42,
              .rim = 0.9,
              .rim_left = {30, -34},
              .rim_right = {22, 44}};
      break;
    case Light::soft:
      tone = {.exposure = 1.07,
              .contrast = 0.95,
              .saturation = 0.94,
              .shadows = {},
              .highlights = {},
              .vignette = 0.18,
              .backdrop_exposure = 1.06,
              .backdrop_tint = {},
              .backdrop_blur = 0.009,
              .wrap = 0.6,
              .shade = 0.08};
      break;
    case Light::backlight:
      tone = {.exposure = 0.92,
              .contrast = 1.12,
              .saturation = 0.98,
              .shadows = {},
              .highlights = warm(5),
              .vignette = 0.4,
              .backdrop_exposure = 1.0,
              .backdrop_tint = warm(4),
              .wrap = 0.7,
              .shade = 0.45,
              .rim = 1.0,
              .rim_left = warm(8),
              .rim_right = warm(8)};
      break;
    case Light::moonlight:
      tone = {.exposure = 0.88,
              .contrast = 1.14,
              .saturation = 0.6,
              .shadows = cool(13),
              .highlights = cool(6),
              .vignette = 0.5,
              .backdrop_exposure = 0.72,
              .backdrop_tint = cool(10),
              .wrap = 0.3,
              .shade = 0.45,
              .rim = 0.55,
              .rim_left = cool(18),
              .rim_right = cool(6)};
      break;
    case Light::studio:
      tone = {.exposure = 1.04,
              .contrast = 1.07,
              .saturation = 1.04,
              .shadows = {},
              .highlights = {},
              .vignette = 0.42,
              .backdrop_exposure = 0.86,
              .backdrop_tint = {},
              .wrap = 0.25,
              .shade = 0.25,
              .rim = 0.35,
              .rim_left = cool(2),
              .rim_right = warm(2)};
      break;
  }
  set_mood(mood, tone);
  return tone;
}

}  // namespace understudy::cinema
