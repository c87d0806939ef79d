#include "cinema/look.h"

#include <algorithm>
#include <cmath>

namespace understudy::cinema {
namespace {

std::uint8_t byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5, 16.0, 240.0));
}
std::uint8_t luma_byte(int value) { return static_cast<std::uint8_t>(std::clamp(value, 16, 235)); }

std::uint32_t scrambled(std::uint32_t x) {
  x ^= x >> 16, x *= 0x7feb352dU, x ^= x >> 15, x *= 0x846ca68bU;
  return x ^ x >> 16;
}

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
      tone = {.exposure = 1.2,
              .contrast = 1.22,
              .saturation = 0.03,
              .shadows = {},
              .highlights = {},
              .vignette = 0.52,
              .backdrop_exposure = 0.72,
              .backdrop_tint = {},
              .wrap = 0.1,
              .shade = 0.42,
              .rim = 0.5,
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
      tone = {.exposure = 0.96,
              .contrast = 1.05,
              .saturation = 0.98,
              .shadows = {},
              .highlights = warm(5),
              .vignette = 0.4,
              .backdrop_exposure = 1.12,
              .backdrop_tint = warm(4),
              .wrap = 1.0,
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

Look::Look(const Shot& shot, double grain, int width, int height)
    : light_(shot.light),
      tone_(tone_of(shot.light, shot.mood)),
      grain_(grain),
      width_(width),
      height_(height) {
  for (int i = 0; i < 256; ++i) {
    const double x = std::clamp((i - 16) / 219.0, 0.0, 1.0) * tone_.exposure;
    // Contrast about a middle grey, with soft ends.
    const double c = 0.42 + (x - 0.42) * tone_.contrast;
    const double y = c < 0.06   ? 0.06 * std::exp((c - 0.06) / 0.06)
                     : c > 0.88 ? 0.88 + 0.12 * (1 - std::exp(-(c - 0.88) / 0.12))
                                : c;
    curve_[static_cast<std::size_t>(i)] =
        luma_byte(static_cast<int>(std::lround(16 + 219 * std::clamp(y, 0.0, 1.0))));
    const double bright = std::clamp(y, 0.0, 1.0);
    add_u_[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(
        std::lround(tone_.shadows[0] * (1 - bright) + tone_.highlights[0] * bright));
    add_v_[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(
        std::lround(tone_.shadows[1] * (1 - bright) + tone_.highlights[1] * bright));
  }
  vignette_.resize(static_cast<std::size_t>(width / 2) * static_cast<std::size_t>(height / 2));
  for (int y = 0; y < height / 2; ++y)
    for (int x = 0; x < width / 2; ++x) {
      const double dx = (2.0 * x / width) * 2 - 1, dy = (2.0 * y / height) * 2 - 1;
      const double r = std::sqrt(dx * dx * 0.85 + dy * dy * 0.75);
      const double fall = std::clamp((r - 0.35) / 0.95, 0.0, 1.0);
      vignette_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width / 2) +
                static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(
              std::lround(255 * (1 - tone_.vignette * fall * fall * (3 - 2 * fall))));
    }
  noise_.resize(256 * 256);
  for (std::uint32_t i = 0; i < noise_.size(); ++i) {
    const std::uint32_t a = scrambled(i * 2 + 1), b = scrambled(i * 2 + 77777);
    const int sum = static_cast<int>(a & 255) + static_cast<int>(a >> 8 & 255) +
                    static_cast<int>(b & 255) + static_cast<int>(b >> 8 & 255) - 510;
    noise_[i] = static_cast<std::int8_t>(std::clamp(sum / 8, -64, 64));
  }
}

void Look::light_backdrop(media::Frame& canvas) const {
  std::array<std::uint8_t, 256> darker{};
  for (int i = 0; i < 256; ++i)
    darker[static_cast<std::size_t>(i)] =
        luma_byte(static_cast<int>(16 + (i - 16) * tone_.backdrop_exposure));
  for (auto& p : canvas.y) p = darker[p];
  const int u = static_cast<int>(tone_.backdrop_tint[0]),
            v = static_cast<int>(tone_.backdrop_tint[1]);
  for (auto& p : canvas.u) p = static_cast<std::uint8_t>(std::clamp(p + u, 16, 240));
  for (auto& p : canvas.v) p = static_cast<std::uint8_t>(std::clamp(p + v, 16, 240));
}

void Look::light_people(const SmallMask& soft, const media::Frame& behind,
                        const media::Frame& alpha, media::Frame& canvas) const {
  const auto width = static_cast<std::size_t>(width_);
  const int half_w = width_ / 2;
  for (int y = 0; y < height_ / 2; ++y) {
    for (int x = 0; x < half_w; ++x) {
      const std::size_t j =
          static_cast<std::size_t>(2 * y) * width + static_cast<std::size_t>(2 * x);
      const int a = alpha.alpha[j];
      if (a == 0) continue;
      const float sx = (static_cast<float>(2 * x) - 3.5F) / 8,
                  sy = (static_cast<float>(2 * y) - 3.5F) / 8;
      const float here = sample(soft, sx, sy);
      // How the outline lies: towards the lit side (right) the mask falls to the right.
      const float slope = sample(soft, sx - 3, sy) - sample(soft, sx + 3, sy);
      const float edge =
          std::clamp((0.97F - here) * 2.0F, 0.0F, 1.0F) * static_cast<float>(a) / 255.0F;
      const double wrap = tone_.wrap * edge * 0.55;
      const double lit = std::clamp<double>(slope, 0, 1), dark = std::clamp<double>(-slope, 0, 1);
      const double shade = 1 - tone_.shade * (0.35 + 0.65 * dark) * (1 - 0.5 * lit);
      const bool has_left_rim =
          light_ == Light::neon || light_ == Light::backlight || light_ == Light::moonlight;
      const double rim_r = tone_.rim * edge * lit * 105,
                   rim_l = has_left_rim ? tone_.rim * edge * dark * 105 : 0;
      for (const std::size_t k : {j, j + 1, j + width, j + width + 1}) {
        const double own = 16 + (canvas.y[k] - 16) * shade;
        const double around = std::max<double>(behind.y[k], own);
        canvas.y[k] = luma_byte(static_cast<int>(own + wrap * (around - own) + rim_r + rim_l));
      }
      const std::size_t i = static_cast<std::size_t>(y) * static_cast<std::size_t>(half_w) +
                            static_cast<std::size_t>(x);
      canvas.u[i] = byte(canvas.u[i] + wrap * (behind.u[i] - canvas.u[i]) +
                         (rim_r * tone_.rim_right[0] + rim_l * tone_.rim_left[0]) / 60 +
                         tone_.backdrop_tint[0] * 0.35);
      canvas.v[i] = byte(canvas.v[i] + wrap * (behind.v[i] - canvas.v[i]) +
                         (rim_r * tone_.rim_right[1] + rim_l * tone_.rim_left[1]) / 60 +
                         tone_.backdrop_tint[1] * 0.35);
    }
  }
}

void Look::add_glow(double cx, double cy, double radius, double level, double u, double v,
                    media::Frame& canvas) const {
  const int x0 = std::clamp(static_cast<int>(cx - radius), 0, width_) / 2,
            x1 = std::clamp(static_cast<int>(cx + radius) + 1, 0, width_) / 2;
  const int y0 = std::clamp(static_cast<int>(cy - radius), 0, height_) / 2,
            y1 = std::clamp(static_cast<int>(cy + radius) + 1, 0, height_) / 2;
  const auto width = static_cast<std::size_t>(width_);
  const float inverse = static_cast<float>(1 / (radius * radius));
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const float dx = static_cast<float>(2 * x - cx), dy = static_cast<float>(2 * y - cy);
      const float fall = 1 - (dx * dx + dy * dy) * inverse;
      if (fall <= 0) continue;
      const float share = fall * fall * fall;
      const int add = static_cast<int>(share * static_cast<float>(level));
      const std::size_t j =
          static_cast<std::size_t>(2 * y) * width + static_cast<std::size_t>(2 * x);
      for (const std::size_t k : {j, j + 1, j + width, j + width + 1})
        canvas.y[k] = luma_byte(canvas.y[k] + add * (250 - canvas.y[k]) / 234);
      const std::size_t i = static_cast<std::size_t>(y) * (width / 2) + static_cast<std::size_t>(x);
      canvas.u[i] = static_cast<std::uint8_t>(
          std::clamp(canvas.u[i] + static_cast<int>(share * static_cast<float>(u)), 16, 240));
      canvas.v[i] = static_cast<std::uint8_t>(
          std::clamp(canvas.v[i] + static_cast<int>(share * static_cast<float>(v)), 16, 240));
    }
  }
}

void Look::add_light(int frame, media::Frame& canvas) const {
  const double w = width_, h = height_, side = std::max(w, h),
               t = frame / static_cast<double>(kFps);
  switch (light_) {
    case Light::golden_hour:
      add_glow(w * 0.9 + 6 * t, h * 0.16, side * 0.72, 92, -20, 18, canvas);
      add_glow(w * 0.93 + 6 * t, h * 0.12, side * 0.2, 110, -14, 10, canvas);
      break;
    case Light::neon: {
      const double flicker = 1 + 0.06 * std::sin(t * 21) * std::sin(t * 5.3);
      add_glow(w * -0.02, h * 0.4, side * 0.55, 34 * flicker, 26, -34, canvas);
      add_glow(w * 1.02, h * 0.55, side * 0.55, 38, 22, 42, canvas);
      break;
    }
    case Light::backlight:
      add_glow(w * 0.5, h * 0.2, side * 0.5, 74, -8, 5, canvas);
      add_glow(w * 0.5, h * 0.1, side * 0.17, 100, -4, 2, canvas);
      break;
    case Light::moonlight: add_glow(w * 0.14, h * 0.06, side * 0.5, 40, 10, -6, canvas); break;
    case Light::soft: add_glow(w * 0.3, h * 0.1, side * 0.8, 22, 0, 0, canvas); break;
    case Light::studio: add_glow(w * 0.72, h * 0.05, side * 0.55, 26, -2, 1, canvas); break;
    case Light::noir: {
      // Venetian blinds: slanted bars, softer towards the sides.
      const double period = h / 9.0;
      for (int y = 0; y < height_; ++y) {
        std::uint8_t* row =
            &canvas.y[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_)];
        for (int x = 0; x < width_; ++x) {
          const double phase =
              std::cos((y - 0.37 * h + 0.16 * (x - 0.555 * w) + 3 * t) * 6.2831853 / period);
          const double bar = std::clamp(0.5 + phase * 2.2, 0.0, 1.0);
          const double reach = std::clamp(1.25 - std::abs(x - 0.62 * w) / (0.5 * w), 0.0, 1.0);
          row[x] = luma_byte(static_cast<int>(
              16 + (row[x] - 16) * (0.56 + 0.44 * (bar * reach + (1 - reach) * 0.25)) +
              14 * bar * reach));
        }
      }
      break;
    }
    case Light::natural: break;
  }
}

void Look::finish(int frame, media::Frame& canvas) const {
  add_light(frame, canvas);
  const auto width = static_cast<std::size_t>(width_);
  const std::uint32_t jump = scrambled(static_cast<std::uint32_t>(frame) + 11);
  const int strength = static_cast<int>(std::lround(grain_ * 26));
  for (int y = 0; y < height_ / 2; ++y) {
    for (int x = 0; x < width_ / 2; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * (width / 2) + static_cast<std::size_t>(x);
      const std::size_t j =
          static_cast<std::size_t>(2 * y) * width + static_cast<std::size_t>(2 * x);
      const int level = canvas.y[j];
      const int sat = static_cast<int>(tone_.saturation * 256);
      canvas.u[i] = static_cast<std::uint8_t>(std::clamp(
          128 + (((canvas.u[i] - 128) * sat + 128) >> 8) + add_u_[static_cast<std::size_t>(level)],
          16, 240));
      canvas.v[i] = static_cast<std::uint8_t>(std::clamp(
          128 + (((canvas.v[i] - 128) * sat + 128) >> 8) + add_v_[static_cast<std::size_t>(level)],
          16, 240));
      const int fall = vignette_[i];
      for (const std::size_t k : {j, j + 1, j + width, j + width + 1})
        canvas.y[k] = static_cast<std::uint8_t>(16 + (curve_[canvas.y[k]] - 16) * fall / 255);
    }
  }
  if (strength == 0) return;
  for (int y = 0; y < height_; ++y) {
    std::uint8_t* row = &canvas.y[static_cast<std::size_t>(y) * width];
    const std::int8_t* noise = &noise_[((static_cast<std::uint32_t>(y) + (jump >> 8)) & 255) * 256];
    for (int x = 0; x < width_; ++x) {
      const int grain = noise[(static_cast<std::uint32_t>(x) + jump) & 255] * strength >> 8;
      row[x] = luma_byte(row[x] + grain);
    }
  }
}

}  // namespace understudy::cinema
