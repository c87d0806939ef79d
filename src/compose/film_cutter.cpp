#include "compose/film_cutter.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "media/image.h"

namespace understudy::compose {
namespace {

constexpr int kSamples = 16;          // from all over the film
constexpr double kSoftShare = 0.055;  // of the film's width, from its rim on

int even(double value) { return static_cast<int>(std::lround(value / 2)) * 2; }

// Smooth from 0 at the rim to 1 at `reach`.
double rise(int from_rim, int reach) {
  const double share = std::min(1.0, (from_rim + 0.5) / reach);
  return share * share * (3 - 2 * share);
}

}  // namespace

Result<FilmCutter> FilmCutter::learn(media::FilmFrames& frames, const Framing& framing,
                                     CanvasSize canvas, const Options& options) {
  const media::Rectangle all{0, 0, frames.width() & ~1, frames.height() & ~1};
  const double scale = std::min(1.0, framing.scale());
  const media::Rectangle size{0, 0, std::max(2, even(all.width * scale)),
                              std::max(2, even(all.height * scale))};
  std::vector<media::Frame> samples;
  const int count = std::min(kSamples, frames.count());
  for (int i = 0; i < count; ++i) {
    samples.push_back(media::Frame::make(size.width, size.height, false));
    const auto at = static_cast<int>((i + 0.5) * frames.count() / count);
    TRY(frames.draw(at, all, size, samples.back()));
  }
  TRY_ASSIGN(auto matter, avatar::FilmMatter::learn(samples));
  FilmCutter cutter(std::move(matter), framing);
  cutter.width_ = size.width, cutter.height_ = size.height;
  cutter.scaling_ = {.from = all, .to = size};
  cutter.framing_.to.y = canvas.height - framing.to.height;
  const auto scaled = [&](int value, int room) { return std::clamp(even(value * scale), 0, room); };
  auto& part = cutter.part_;
  part.width = std::max(2, scaled(framing.from.width, size.width));
  part.height = std::max(2, scaled(framing.from.height, size.height));
  part.x = scaled(framing.from.x, size.width - part.width);
  part.y = scaled(framing.from.y, size.height - part.height);
  const auto& to = cutter.framing_.to;
  cutter.is_left_soft_ = options.has_soft_sides || to.x > 0;
  cutter.is_right_soft_ = options.has_soft_sides || to.x + to.width < canvas.width;
  cutter.is_top_soft_ = options.has_soft_sides || to.y > 0;
  return cutter;
}

// What is cut was made a little larger or smaller than the film, by whole pixels.
face::TrackedFace FilmCutter::placed(const face::TrackedFace& face) const {
  const Framing shown{.from = part_, .to = framing_.to};
  return shown.placed(scaling_.placed(face));
}

void FilmCutter::soften_sides(media::Frame& cut) const {
  const int reach = std::max(2, static_cast<int>(kSoftShare * cut.width));
  for (int y = 0; y < cut.height; ++y) {
    std::uint8_t* row =
        &cut.alpha[static_cast<std::size_t>(y) * static_cast<std::size_t>(cut.width)];
    const double down = is_top_soft_ ? rise(y, reach) : 1;
    if (down < 1) {
      for (int x = 0; x < cut.width; ++x) row[x] = static_cast<std::uint8_t>(row[x] * down);
    }
    for (int x = 0; x < reach; ++x) {
      const double share = rise(x, reach);
      if (is_left_soft_) row[x] = static_cast<std::uint8_t>(row[x] * share);
      std::uint8_t& right = row[cut.width - 1 - x];
      if (is_right_soft_) right = static_cast<std::uint8_t>(right * share);
    }
  }
}

void FilmCutter::cut_on(const media::Frame& picture, media::Frame& canvas) {
  matter_.cut(picture, cut_);
  soften_sides(cut_);
  media::scale_part(cut_, part_, framing_.to, canvas);
}

}  // namespace understudy::compose
