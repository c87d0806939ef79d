#include "avatar/film_plate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "avatar/matte_refine.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

constexpr double kSteadyLevels = 7;    // a pixel that differs less between times stands still
constexpr double kSteadyShare = 0.86;  // of the pixels that were seen: then the camera stands still

constexpr int kChangeLevels = 7;  // between any two times: something moves here

constexpr int kOutlineGap = 3;  // small pixels: half of a gap in what moves that is closed
// Beyond it nothing but arms and hands comes and goes; nearer the person is there most of the time.
constexpr float kFarOdds = -1.4F;
constexpr float kNearOdds = -1;   // the same, or close to it
constexpr float kInsideOdds = 1;  // of the figure that a head has: inside of its outline

std::uint8_t median(std::array<std::uint8_t, 32>& values, std::size_t count) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count / 2),
                   values.begin() + static_cast<std::ptrdiff_t>(count));
  return values[count / 2];
}

// One plane of the full plate: the median over the times when the place was free.
void fill_plane(std::span<const media::Frame> frames, std::span<const BytePlane> people,
                const std::vector<std::uint8_t> media::Frame::*plane, int width, int height,
                std::vector<std::uint8_t>& out) {
  const BytePlane& mask = people.front();
  std::array<std::uint8_t, 32> values{};
  for (int y = 0; y < height; ++y) {
    const int my = y * mask.height / height;
    for (int x = 0; x < width; ++x) {
      const int mx = x * mask.width / width;
      const std::size_t i = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(x);
      std::size_t count = 0;
      for (std::size_t k = 0; k < frames.size() && count < values.size(); ++k)
        if (people[k].at(mx, my) == 0) values[count++] = (frames[k].*plane)[i];
      if (count > 0) out[i] = median(values, count);
    }
  }
}

}  // namespace

BytePlane changing(std::span<const media::Frame> frames, int width, int height) {
  media::Frame low, high;
  for (const auto& frame : frames) {
    const bool is_larger = frame.width > 2 * width;
    const media::Frame scaled = is_larger ? media::scale(frame, 2 * width, 2 * height) : frame;
    if (low.y.empty()) {
      low = high = scaled;
      continue;
    }
    for (const auto plane : {&media::Frame::y, &media::Frame::u, &media::Frame::v}) {
      for (std::size_t i = 0; i < (scaled.*plane).size(); ++i) {
        (low.*plane)[i] = std::min((low.*plane)[i], (scaled.*plane)[i]);
        (high.*plane)[i] = std::max((high.*plane)[i], (scaled.*plane)[i]);
      }
    }
  }
  BytePlane change = BytePlane::make(width, height);
  const auto look = [&](std::vector<std::uint8_t> media::Frame::*plane, int w, int h) {
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x) {
        const std::size_t i =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
        if ((high.*plane)[i] - (low.*plane)[i] > kChangeLevels)
          change.at(x * width / w, y * height / h) = 255;
      }
  };
  look(&media::Frame::y, low.width, low.height);
  look(&media::Frame::u, low.width / 2, low.height / 2);
  look(&media::Frame::v, low.width / 2, low.height / 2);
  return change;
}

namespace {

// What is reached from the rims through what is 0; from the lower one where nobody should be.
BytePlane reached(const BytePlane& blocked, const FloatPlane& figure) {
  BytePlane seen = BytePlane::make(blocked.width, blocked.height);
  std::vector<std::pair<int, int>> open;
  const auto visit = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= blocked.width || y >= blocked.height) return;
    if (blocked.at(x, y) != 0 || seen.at(x, y) != 0) return;
    seen.at(x, y) = 255;
    open.emplace_back(x, y);
  };
  for (int x = 0; x < blocked.width; ++x) visit(x, 0);
  for (int y = 0; y < blocked.height; ++y) visit(0, y), visit(blocked.width - 1, y);
  for (int x = 0; x < blocked.width; ++x)
    if (figure.at(x, blocked.height - 1) < 0) visit(x, blocked.height - 1);
  while (!open.empty()) {
    const auto [x, y] = open.back();
    open.pop_back();
    visit(x - 1, y), visit(x + 1, y), visit(x, y - 1), visit(x, y + 1);
  }
  return seen;
}

}  // namespace

BytePlane never_entered(const BytePlane& change, const FloatPlane& figure) {
  // Through an outline that cannot be seen moving nothing is reached that should be a body.
  BytePlane blocked = grown(change, kOutlineGap);
  for (std::size_t i = 0; i < blocked.data.size(); ++i)
    if (figure.data[i] > kInsideOdds) blocked.data[i] = 255;
  return reached(blocked, figure);
}

std::optional<FilmPlate> find_plate(std::span<const media::Frame> frames,
                                    std::span<const SmallPicture> pictures,
                                    std::span<const BytePlane> people, const FloatPlane& figure) {
  FilmPlate plate;
  plate.small = pictures.front();
  plate.known = BytePlane::make(plate.small.width, plate.small.height);
  const std::size_t needed = std::max<std::size_t>(2, pictures.size() / 5);
  std::size_t seen = 0, steady = 0;
  double distance_sum = 0;
  std::array<std::uint8_t, 32> values{};
  for (std::size_t i = 0; i < plate.known.data.size(); ++i) {
    double spread = 0;
    std::size_t count = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      count = 0;
      for (std::size_t k = 0; k < pictures.size() && count < values.size(); ++k)
        if (people[k].data[i] == 0) values[count++] = pictures[k].bgr[i * 3 + c];
      if (count == 0) break;
      const double middle = median(values, count);
      double off = 0;
      for (std::size_t k = 0; k < count; ++k) off += std::abs(values[k] - middle);
      spread = std::max(spread, off / static_cast<double>(count));
      plate.small.bgr[i * 3 + c] = static_cast<std::uint8_t>(middle);
    }
    if (count < needed) continue;
    if (!figure.data.empty() && figure.data[i] > kNearOdds &&
        count == std::min(pictures.size(), values.size()))
      continue;
    ++seen;
    if (spread > kSteadyLevels) continue;
    ++steady;
    distance_sum += spread;
    plate.known.data[i] = 255;
  }
  if (seen < plate.known.data.size() / 8 ||
      static_cast<double>(steady) < kSteadyShare * static_cast<double>(seen))
    return std::nullopt;
  plate.noise = 1.8 * distance_sum / static_cast<double>(std::max<std::size_t>(steady, 1));
  plate.full = frames.front();
  plate.full.alpha.clear();
  const int w = plate.full.width, h = plate.full.height;
  fill_plane(frames, people, &media::Frame::y, w, h, plate.full.y);
  fill_plane(frames, people, &media::Frame::u, w / 2, h / 2, plate.full.u);
  fill_plane(frames, people, &media::Frame::v, w / 2, h / 2, plate.full.v);
  return plate;
}

namespace {

constexpr int kAlikeLevels = 12;  // summed over the channels: the same colour at two times

struct Mode {
  std::size_t count = 0;
  std::array<float, 3> colour{};
};

// The colour with most times near it, those left out that are `taken`.
Mode mode_of(std::span<const SmallPicture> pictures, std::size_t i, std::array<bool, 64>& taken) {
  const std::size_t times = std::min(pictures.size(), taken.size());
  const auto is_alike = [&](std::size_t a, std::size_t b) {
    int sum = 0;
    for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
      sum += std::abs(pictures[a].bgr[c] - pictures[b].bgr[c]);
    return sum <= kAlikeLevels;
  };
  Mode mode;
  std::size_t middle = 0;
  for (std::size_t a = 0; a < times; ++a) {
    if (taken[a]) continue;
    std::size_t count = 0;
    for (std::size_t b = 0; b < times; ++b) count += !taken[b] && is_alike(a, b) ? 1 : 0;
    if (count > mode.count) mode.count = count, middle = a;
  }
  if (mode.count == 0) return mode;
  for (std::size_t b = 0; b < times; ++b) {
    if (taken[b] || !is_alike(middle, b)) continue;
    for (std::size_t c = 0; c < 3; ++c)
      mode.colour[c] +=
          static_cast<float>(pictures[b].bgr[i * 3 + c]) / static_cast<float>(mode.count);
    if (b != middle) taken[b] = true;
  }
  taken[middle] = true;
  return mode;
}

}  // namespace

FilmPlate steadiest(std::span<const SmallPicture> pictures, const BytePlane& change,
                    const BytePlane& free, const FloatPlane& figure) {
  FilmPlate plate;
  plate.small = pictures.front();
  plate.free = free;
  plate.known = BytePlane::make(change.width, change.height);
  // What the surroundings lead one to expect decides between two colours that are seen equally
  // often.
  std::array<FloatPlane, 3> around;
  for (auto& plane : around) plane = FloatPlane::make(change.width, change.height);
  for (std::size_t i = 0; i < change.data.size(); ++i)
    for (std::size_t c = 0; c < 3; ++c) around[c].data[i] = pictures.front().bgr[i * 3 + c];
  if (!free.data.empty()) fill_unknown({&around[0], &around[1], &around[2]}, free);
  for (std::size_t i = 0; i < change.data.size(); ++i) {
    if (figure.data[i] > kFarOdds) continue;
    std::array<bool, 64> taken{};
    Mode best = mode_of(pictures, i, taken);
    if (change.data[i] != 0) {
      const Mode second = mode_of(pictures, i, taken);
      const auto off = [&](const Mode& mode) {
        float sum = 10;
        for (std::size_t c = 0; c < 3; ++c) sum += std::abs(mode.colour[c] - around[c].data[i]);
        return sum / static_cast<float>(mode.count);
      };
      if (second.count * 5 > pictures.size() && off(second) < off(best)) best = second;
    }
    if (best.count * 5 < pictures.size()) continue;
    plate.known.data[i] = 255;
    for (std::size_t c = 0; c < 3; ++c)
      plate.small.bgr[i * 3 + c] = static_cast<std::uint8_t>(best.colour[c] + 0.5F);
  }
  return plate;
}

FloatPlane distance_from(const FilmPlate& plate, const SmallPicture& picture) {
  FloatPlane distance = FloatPlane::make(picture.width, picture.height);
  for (std::size_t i = 0; i < distance.data.size(); ++i) {
    if (plate.known.data[i] == 0) continue;
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double off = static_cast<double>(picture.bgr[i * 3 + c]) - plate.small.bgr[i * 3 + c];
      sum += off * off;
    }
    distance.data[i] = static_cast<float>(std::sqrt(sum));
  }
  cv::Mat view(distance.height, distance.width, CV_32FC1, distance.data.data());
  cv::blur(view.clone(), view, cv::Size(3, 3));
  return distance;
}

}  // namespace understudy::avatar
