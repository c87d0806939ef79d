#include "avatar/photo_lid.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <opencv2/imgproc.hpp>

#include "avatar/soft_paint.h"

namespace understudy::avatar {
namespace {

using face::Point;

constexpr int kShift = 4;  // of coordinates given to OpenCV

// The part of the picture round some points.
cv::Rect round(const std::vector<Point>& points, double pad, const media::Rectangle& clip) {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (const Point& p : points) {
    x0 = std::min(x0, p.x), y0 = std::min(y0, p.y);
    x1 = std::max(x1, p.x), y1 = std::max(y1, p.y);
  }
  cv::Rect area(cvFloor(x0 - pad) & ~1, cvFloor(y0 - pad) & ~1, cvCeil(x1 - x0 + 2 * pad + 2) & ~1,
                cvCeil(y1 - y0 + 2 * pad + 2) & ~1);
  return area & cv::Rect(clip.x, clip.y, clip.width, clip.height);
}

cv::Point fixed(Point p, cv::Point origin) {
  return {cvRound((p.x - 0.5 - origin.x) * (1 << kShift)),
          cvRound((p.y - 0.5 - origin.y) * (1 << kShift))};
}

// A soft line, on luma alone.
void shade_line(const std::vector<Point>& line, double thickness, double strength, double luma,
                const media::Rectangle& clip, media::Frame& out) {
  const cv::Rect area = round(line, thickness + 4, clip);
  if (area.width < 2 || area.height < 2) return;
  std::vector<cv::Point> points;
  for (const Point& p : line) points.push_back(fixed(p, area.tl()));
  cv::Mat mask = cv::Mat::zeros(area.height, area.width, CV_8U);
  cv::polylines(mask, points, false, 255, std::max(1, cvRound(thickness)), cv::LINE_AA, kShift);
  cv::GaussianBlur(mask, mask, {0, 0}, std::max(0.7, thickness * 0.45));
  for (int y = 0; y < area.height; ++y) {
    auto* row = &out.y[static_cast<std::size_t>(area.y + y) * out.width + area.x];
    for (int x = 0; x < area.width; ++x) {
      const double alpha = mask.at<std::uint8_t>(y, x) / 255.0 * strength;
      row[x] = static_cast<std::uint8_t>(std::lround(row[x] + (luma - row[x]) * alpha));
    }
  }
}

// -1..1, the same for the same place of the lid.
double noise(int x, int y) {
  auto h = static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U;
  h = (h ^ h >> 13) * 1274126177U;
  return static_cast<double>((h ^ h >> 16) & 0xFFFF) / 32768.0 - 1;
}

double distance(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return std::abs(a[0] - b[0]) + 1.5 * (std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]));
}

}  // namespace

PhotoLid::PhotoLid(const std::vector<Point>& edge, std::vector<Point> lower, Point down,
                   double height, double reach, const PhotoTexture& texture)
    : lower_(std::move(lower)), down_(down), height_(std::max(height, 1.0)) {
  find_upper(edge, reach, texture);
  find_colours(reach, texture);
  double darkest = 235;
  for (const Point& p : edge) darkest = std::min(darkest, texture.luma(p.x, p.y + 1));
  lash_luma_ = std::clamp(darkest, 20.0, std::max(24.0, below_[0] * 0.62));
}

// Landmarks lie too low on large round eyes: the darkest round the landmarks' edge are the lashes,
// and the skin begins above them.
void PhotoLid::find_upper(const std::vector<Point>& edge, double reach,
                          const PhotoTexture& texture) {
  const double low = -0.3 * height_, high = std::min(reach * 0.6, 0.5 * height_);
  const double step = std::max(0.5, height_ / 24);
  std::vector<double> lifts;
  for (const Point& at : edge) {
    std::vector<double> luma;
    for (double up = low; up <= high; up += step) {
      const Point p = at + down_ * -up;
      luma.push_back(texture.luma(p.x, p.y));
    }
    double lift = 0;
    if (luma.size() > 5) {
      const auto darkest = std::min_element(luma.begin(), luma.end());
      const double skin = *std::max_element(darkest, luma.end());
      const auto clear = std::find_if(darkest, luma.end(), [&](double value) {
        return value > *darkest + 0.7 * (skin - *darkest);
      });
      if (skin - *darkest > 18) lift = low + static_cast<double>(clear - luma.begin()) * step;
    }
    lifts.push_back(std::max(lift, 0.0));
  }
  const auto count = static_cast<double>(edge.size() - 1);
  for (std::size_t i = 0; i < edge.size(); ++i) {
    // The middle of what five neighbours say: one that saw a rim of glasses is not heard.
    std::vector<double> near;
    for (std::size_t k = i < 2 ? 0 : i - 2; k < std::min(edge.size(), i + 3); ++k)
      near.push_back(lifts[k]);
    std::nth_element(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2),
                     near.end());
    const double bell = std::sin(static_cast<double>(i) / count * 3.14159);
    const double lift = std::max(0.17 * height_ * bell + 0.5,
                                 near[near.size() / 2] * std::sqrt(std::max(bell, 0.0)));
    upper_.push_back(edge[i] + down_ * -lift);
  }
}

void PhotoLid::find_colours(double reach, const PhotoTexture& texture) {
  // Below the eye there is skin, whatever is above it.
  std::vector<Colour> cheek;
  for (std::size_t i = 4; i + 4 < lower_.size(); ++i)
    for (const double share : {0.35, 0.55, 0.75, 0.95}) {
      const Point p = lower_[i] + down_ * (share * std::max(height_, 3.0));
      cheek.push_back(texture.colour(p.x, p.y));
      grain_ += std::abs(texture.luma(p.x, p.y) - texture.luma(p.x + 1.5, p.y + 0.5));
    }
  grain_ = std::min(9.0, 0.8 * grain_ / static_cast<double>(cheek.size()));
  for (std::size_t k = 0; k < 3; ++k) {
    std::vector<double> values;
    for (const Colour& c : cheek) values.push_back(c[k]);
    std::nth_element(values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    below_[k] = values[values.size() / 2];
  }
  // Above, of several heights that which is most like it: no brow and no rim.
  std::vector<Colour> found;
  for (const Point& at : upper_) {
    Colour best = below_;
    double nearest = 90;  // further from skin than this it is none
    for (const double share : {0.12, 0.22, 0.34, 0.48}) {
      const Point p = at + down_ * -(share * std::min(reach, 1.4 * height_));
      const auto c = texture.colour(p.x, p.y);
      if (distance(c, below_) < nearest) nearest = distance(c, below_), best = c;
    }
    found.push_back(best);
  }
  constexpr int kSmooth = 3;
  for (int i = 0; i < static_cast<int>(found.size()); ++i) {
    Colour sum{};
    int count = 0;
    for (int k = std::max(0, i - kSmooth);
         k <= std::min(static_cast<int>(found.size()) - 1, i + kSmooth); ++k, ++count)
      for (std::size_t c = 0; c < 3; ++c) sum[c] += found[static_cast<std::size_t>(k)][c];
    for (double& value : sum) value /= count;
    top_.push_back(sum);
  }
}

// along: 0..1 from corner to corner; downwards: 0 at the crease, 1 at the lashes.
PhotoLid::Colour PhotoLid::colour(double along, double downwards) const {
  const double place = std::clamp(along, 0.0, 1.0) * static_cast<double>(top_.size() - 1);
  const auto i = std::min(static_cast<std::size_t>(place), top_.size() - 2);
  const double f = place - static_cast<double>(i);
  Colour c{};
  for (std::size_t k = 0; k < 3; ++k) {
    const double top = top_[i][k] + (top_[i + 1][k] - top_[i][k]) * f;
    c[k] = top + (below_[k] - top) * 0.55 * downwards;
  }
  // The ball under it: lightest in its middle, darker to the corners and under the lashes.
  const double x = 2 * along - 1, y = downwards - 0.45;
  const double light = 1.02 - 0.10 * x * x - 0.16 * y * y;
  c[0] = 16 + (c[0] - 16) * light;
  return c;
}

// The lid as it is placed at a moment.
struct PhotoLid::Painting {
  std::vector<Point> top, line;
  Point from, along, down;  // from the one corner to the other
  double length = 1;
  cv::Mat mask;
};

void PhotoLid::paint(const Painting& painting, const media::Rectangle& area,
                     media::Frame& out) const {
  const auto last = static_cast<double>(painting.top.size() - 1);
  const auto colour_at = [&](int x, int y) {
    const Point p = Point{x + 0.5, y + 0.5} - painting.from;
    const double along = std::clamp(face::dot(p, painting.along) / painting.length, 0.0, 1.0);
    const auto i = static_cast<std::size_t>(std::lround(along * last));
    const double top = face::dot(painting.top[i] - painting.from, painting.down),
                 line = face::dot(painting.line[i] - painting.from, painting.down);
    const double deep =
        std::clamp((face::dot(p, painting.down) - top) / std::max(line - top, 1.0), 0.0, 1.0);
    const Colour c = colour(along, deep);
    const double grain = grain_ * noise(static_cast<int>(std::lround(face::dot(p, painting.along))),
                                        static_cast<int>(std::lround(face::dot(p, painting.down))));
    return Yuv{c[0] + grain, c[1], c[2]};
  };
  paint_through(painting.mask, area.x, area.y, out, colour_at);
}

void PhotoLid::draw(double shut, const Place& place, const media::Rectangle& clip,
                    media::Frame& out) const {
  Painting painting;
  std::vector<Point> outline;
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    const double drop = std::max(0.0, face::dot(lower_[i] - upper_[i], down_) + 0.10 * height_);
    painting.top.push_back(place(upper_[i]));
    painting.line.push_back(place(upper_[i] + down_ * (drop * shut)));
  }
  outline = painting.top;
  outline.insert(outline.end(), painting.line.rbegin(), painting.line.rend());
  const double soft = std::max(0.7, 0.05 * height_);
  const cv::Rect area = round(outline, 3 * soft + 2, clip);
  if (area.width < 4 || area.height < 4) return;
  std::vector<cv::Point> points;
  for (const Point& p : outline) points.push_back(fixed(p, area.tl()));
  painting.mask = cv::Mat::zeros(area.height, area.width, CV_8U);
  cv::fillPoly(painting.mask, std::vector<std::vector<cv::Point>>{points}, 255, cv::LINE_AA,
               kShift);
  cv::GaussianBlur(painting.mask, painting.mask, {0, 0}, soft);
  painting.from = painting.top.front();
  const Point across = painting.top.back() - painting.top.front();
  painting.length = std::max(face::length(across), 1.0);
  painting.along = across * (1 / painting.length);
  painting.down = face::quarter_turn(painting.along);
  paint(painting, {area.x, area.y, area.width, area.height}, out);
  shade_line(painting.top, 0.10 * height_, 0.16 * shut, 16 + (below_[0] - 16) * 0.62, clip, out);
  shade_line(painting.line, 0.10 * height_, 0.8 * std::min(1.0, shut * 2), lash_luma_, clip, out);
}

}  // namespace understudy::avatar
