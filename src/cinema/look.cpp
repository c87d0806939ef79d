#include "cinema/look.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace understudy::cinema {
namespace {

constexpr int kNoise = 256;
constexpr double kSpread = 36;  // grey levels, of a picture that is not flat
constexpr int kReach = 10;  // chroma samples to either side over which an outline's slope is read

std::uint8_t chroma(int value) { return static_cast<std::uint8_t>(std::clamp(value, 16, 240)); }
std::uint8_t luma(int value) { return static_cast<std::uint8_t>(std::clamp(value, 16, 235)); }

std::uint32_t scrambled(std::uint32_t x) {
  x ^= x >> 16, x *= 0x7feb352dU, x ^= x >> 15, x *= 0x846ca68bU;
  return x ^ x >> 16;
}

std::array<std::uint8_t, 256> curve_of(const Tone& tone) {
  std::array<std::uint8_t, 256> curve{};
  for (int i = 0; i < 256; ++i) {
    const double x = std::clamp((i - 16) / 219.0, 0.0, 1.0) * tone.exposure;
    // Contrast about a middle grey, with soft ends.
    const double c = 0.42 + (x - 0.42) * tone.contrast;
    const double y = c < 0.06   ? 0.06 * std::exp((c - 0.06) / 0.06)
                     : c > 0.88 ? 0.88 + 0.12 * (1 - std::exp(-(c - 0.88) / 0.12))
                                : c;
    curve[static_cast<std::size_t>(i)] =
        luma(static_cast<int>(std::lround(16 + 219 * std::clamp(y, 0.0, 1.0))));
  }
  return curve;
}

std::vector<std::uint8_t> vignette_of(double strength, int width, int height) {
  std::vector<std::uint8_t> vignette;
  for (int y = 0; y < height / 2; ++y)
    for (int x = 0; x < width / 2; ++x) {
      const double dx = (2.0 * x / width) * 2 - 1, dy = (2.0 * y / height) * 2 - 1;
      const double r = std::sqrt(dx * dx * 0.85 + dy * dy * 0.75);
      const double fall = std::clamp((r - 0.35) / 0.95, 0.0, 1.0);
      vignette.push_back(static_cast<std::uint8_t>(
          std::lround(255 * (1 - strength * fall * fall * (3 - 2 * fall)))));
    }
  return vignette;
}

// Grain is no snow: a grain is a little larger than a pixel.
std::vector<std::int8_t> grain_noise() {
  std::vector<int> raw(kNoise * kNoise);
  for (std::uint32_t i = 0; i < raw.size(); ++i) {
    const std::uint32_t a = scrambled(i * 2 + 1), b = scrambled(i * 2 + 77777);
    raw[i] = static_cast<int>(a & 255) + static_cast<int>(a >> 8 & 255) +
             static_cast<int>(b & 255) + static_cast<int>(b >> 8 & 255) - 510;
  }
  const auto at = [&](int x, int y) {
    return raw[static_cast<std::size_t>((y & (kNoise - 1)) * kNoise + (x & (kNoise - 1)))];
  };
  std::vector<std::int8_t> noise;
  for (int y = 0; y < kNoise; ++y)
    for (int x = 0; x < kNoise; ++x) {
      const int sum =
          4 * at(x, y) + 2 * (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1));
      noise.push_back(static_cast<std::int8_t>(std::clamp(sum / 44, -100, 100)));
    }
  return noise;
}

}  // namespace

Look::Look(const Shot& shot, double grain, int width, int height)
    : has_left_rim_(shot.light == Light::neon || shot.light == Light::backlight ||
                    shot.light == Light::moonlight),
      tone_(tone_of(shot.light, shot.mood)),
      grain_(static_cast<int>(std::lround(grain * 26))),
      width_(width),
      height_(height),
      beams_(shot.light, width, height),
      curve_(curve_of(tone_)),
      vignette_(vignette_of(tone_.vignette, width, height)),
      noise_(grain_noise()),
      grain_row_(static_cast<std::size_t>(width) + kNoise) {
  const auto half = static_cast<std::size_t>(width / 2);
  for (auto* values : {&shade_, &wrap_, &rim_right_, &rim_left_}) values->resize(half);
  lit_.resize(static_cast<std::size_t>(width));
}

void Look::light_backdrop(media::Frame& picture) const {
  // A flat picture gets some depth: its levels are spread about their mean.
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < picture.y.size(); i += 16)
    sum += picture.y[i], squares += picture.y[i] * picture.y[i];
  const double count = static_cast<double>((picture.y.size() + 15) / 16), mean = sum / count;
  const double spread = std::sqrt(std::max(squares / count - mean * mean, 1.0));
  const double gain = std::clamp(kSpread / spread, 1.0, 1.45);
  std::array<std::uint8_t, 256> darker{};
  for (int i = 0; i < 256; ++i)
    darker[static_cast<std::size_t>(i)] =
        luma(static_cast<int>(16 + (mean + (i - mean) * gain - 16) * tone_.backdrop_exposure));
  for (auto& p : picture.y) p = darker[p];
  const int u = static_cast<int>(tone_.backdrop_tint[0]),
            v = static_cast<int>(tone_.backdrop_tint[1]);
  for (auto& p : picture.u) p = chroma(p + u);
  for (auto& p : picture.v) p = chroma(p + v);
}

void Look::light_people(const SoftMask& soft, const media::Frame& behind,
                        const media::Frame& figures, media::Frame& canvas) {
  for (int y = 0; y < height_ / 2; ++y) {
    const std::uint8_t* alpha = figures.alpha.data() + static_cast<std::ptrdiff_t>(2 * y) * width_;
    int from = 0, to = width_ / 2;
    while (from < to && alpha[2 * from] == 0) ++from;
    while (to > from && alpha[2 * to - 1] == 0 && alpha[2 * to - 2] == 0) --to;
    if (from == to) continue;
    here_.resize(static_cast<std::size_t>(to - from + 2 * kReach));
    soft.row(y, from - kReach, 0, 0, here_);
    const int count = to - from;
    for (int i = 0; i < count; ++i) {
      const float here = here_[static_cast<std::size_t>(i + kReach)];
      // How the outline lies: towards the lit side (right) the mask falls to the right.
      const float slope =
          here_[static_cast<std::size_t>(i)] - here_[static_cast<std::size_t>(i + 2 * kReach)];
      const float cover = static_cast<float>(alpha[2 * (from + i)]) / 255.0F;
      const float edge = std::clamp((0.97F - here) * 2.0F, 0.0F, 1.0F) * cover;
      const float lit = std::clamp(slope, 0.0F, 1.0F), dark = std::clamp(-slope, 0.0F, 1.0F);
      // A rim is thin: it hugs the outline.
      const float rim = static_cast<float>(tone_.rim) * edge * edge * 165;
      const float shade =
          static_cast<float>(tone_.shade) * (0.35F + 0.65F * dark) * (1 - 0.5F * lit);
      const auto k = static_cast<std::size_t>(i);
      shade_[k] = static_cast<std::int16_t>(256 * (1 - shade * cover));
      wrap_[k] = static_cast<std::int16_t>(256 * static_cast<float>(tone_.wrap) * edge * 0.5F);
      rim_right_[k] = static_cast<std::int16_t>(rim * lit);
      rim_left_[k] = static_cast<std::int16_t>(has_left_rim_ ? rim * dark : 0);
    }
    light_rows(y, from, count, behind, figures, canvas);
  }
}

void Look::light_rows(int y, int from, int count, const media::Frame& behind,
                      const media::Frame& figures, media::Frame& canvas) {
  for (int row = 2 * y; row < 2 * y + 2; ++row) {
    const std::ptrdiff_t start =
        static_cast<std::ptrdiff_t>(row) * width_ + std::ptrdiff_t{2} * from;
    std::uint8_t* p = canvas.y.data() + start;
    const std::uint8_t* b = behind.y.data() + start;
    for (int i = 0; i < count; ++i)
      for (int x = 2 * i; x < 2 * i + 2; ++x) {
        const int own = 16 + ((p[x] - 16) * shade_[static_cast<std::size_t>(i)] >> 8);
        const int around = std::max<int>(b[x], own);
        p[x] =
            luma(own + ((around - own) * wrap_[static_cast<std::size_t>(i)] >> 8) +
                 rim_right_[static_cast<std::size_t>(i)] + rim_left_[static_cast<std::size_t>(i)]);
      }
  }
  const std::ptrdiff_t start = static_cast<std::ptrdiff_t>(y) * (width_ / 2) + from;
  const std::uint8_t* alpha =
      figures.alpha.data() + static_cast<std::ptrdiff_t>(2 * y) * width_ + std::ptrdiff_t{2} * from;
  const auto tint = [&](std::vector<std::uint8_t>& plane, const std::vector<std::uint8_t>& other,
                        std::size_t axis) {
    std::uint8_t* p = plane.data() + start;
    const std::uint8_t* b = other.data() + start;
    const int right = static_cast<int>(tone_.rim_right[axis] * 256 / 60),
              left = static_cast<int>(tone_.rim_left[axis] * 256 / 60),
              all = static_cast<int>(tone_.backdrop_tint[axis] * 0.35 * 256);
    for (int i = 0; i < count; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const int add = right * rim_right_[k] + left * rim_left_[k] + (all * alpha[2 * i] >> 8);
      p[i] = chroma(p[i] + (((b[i] - p[i]) * wrap_[k] + add) >> 8));
    }
  };
  tint(canvas.u, behind.u, 0);
  tint(canvas.v, behind.v, 1);
}

void Look::finish_luma(int frame, int y, std::uint8_t* row) {
  beams_.light_luma(frame, y, row);
  for (int x = 0; x < width_; ++x) lit_[static_cast<std::size_t>(x)] = curve_[row[x]];
  const std::uint8_t* lit = lit_.data();
  const std::uint8_t* fall = vignette_.data() + static_cast<std::ptrdiff_t>(y / 2) * (width_ / 2);
  const std::int8_t* noise = grain_row_.data();
  for (int i = 0; i < width_ / 2; ++i)
    for (int x = 2 * i; x < 2 * i + 2; ++x) {
      const int level = (lit[x] - 16) * (fall[i] + 1) >> 8;
      // Grain shows most in the middle tones.
      const int amount = grain_ * (235 - std::abs(level - 90)) >> 7;
      row[x] = luma(16 + level + (noise[x] * amount >> 8));
    }
}

void Look::finish_chroma(int frame, int y, media::Frame& canvas) const {
  const std::ptrdiff_t start = static_cast<std::ptrdiff_t>(y) * (width_ / 2);
  const std::uint8_t* level = canvas.y.data() + static_cast<std::ptrdiff_t>(2 * y) * width_;
  std::uint8_t *u = canvas.u.data() + start, *v = canvas.v.data() + start;
  beams_.light_chroma(frame, y, u, v);
  const int sat = static_cast<int>(tone_.saturation * 256);
  const auto grade = [&](std::uint8_t* p, std::size_t axis) {
    const int dark = static_cast<int>(tone_.shadows[axis] * 256),
              way = static_cast<int>((tone_.highlights[axis] - tone_.shadows[axis]) * 256 / 219);
    for (int x = 0; x < width_ / 2; ++x)
      p[x] = chroma(128 + (((p[x] - 128) * sat + dark + way * (level[2 * x] - 16) + 128) >> 8));
  };
  grade(u, 0);
  grade(v, 1);
}

void Look::finish(int frame, media::Frame& canvas) {
  const std::uint32_t jump = scrambled(static_cast<std::uint32_t>(frame) + 11);
  for (int y = 0; y < height_; ++y) {
    const std::int8_t* noise =
        noise_.data() + ((static_cast<std::uint32_t>(y) + (jump >> 8)) & (kNoise - 1)) * kNoise;
    const int from = static_cast<int>(jump & (kNoise - 1));
    std::memcpy(grain_row_.data(), noise + from, static_cast<std::size_t>(kNoise - from));
    for (int x = kNoise - from; x < width_; x += kNoise)
      std::memcpy(grain_row_.data() + x, noise, kNoise);
    finish_luma(frame, y, canvas.y.data() + static_cast<std::ptrdiff_t>(y) * width_);
  }
  for (int y = 0; y < height_ / 2; ++y) finish_chroma(frame, y, canvas);
}

}  // namespace understudy::cinema
