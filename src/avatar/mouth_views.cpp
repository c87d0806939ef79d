#include "avatar/mouth_views.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/image.h"

namespace understudy::avatar {
namespace {

using face::Point;

constexpr double kMargin = 0.014;  // mouth widths: found edges of lips are a little off

double smooth(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

}  // namespace

OpeningEdges::OpeningEdges(std::span<const Point> upper, std::span<const Point> lower)
    : left_(std::min(upper.front().x, lower.front().x)),
      right_(std::max(upper.back().x, lower.back().x)) {
  if (right_ - left_ < 1e-3) right_ = left_ + 1e-3;
  lay(upper, top_);
  lay(lower, bottom_);
}

void OpeningEdges::lay(std::span<const Point> points, Columns& columns) const {
  std::size_t next = 1;
  for (int c = 0; c <= kColumns; ++c) {
    const double x = left_ + (right_ - left_) * c / kColumns;
    while (next + 1 < points.size() && points[next].x < x) ++next;
    const Point& a = points[next - 1];
    const Point& b = points[next];
    const double share = std::clamp((x - a.x) / std::max(1e-6, b.x - a.x), 0.0, 1.0);
    columns[static_cast<std::size_t>(c)] = static_cast<float>(a.y + (b.y - a.y) * share);
  }
}

double OpeningEdges::at(const Columns& columns, double x) const {
  const double place = std::clamp((x - left_) / (right_ - left_) * kColumns, 0.0, kColumns - 1e-6);
  const auto c = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(c);
  return columns[c] + (columns[c + 1] - columns[c]) * share;
}

double OpeningEdges::tallest() const {
  double most = 0;
  for (std::size_t c = 0; c < top_.size(); ++c)
    most = std::max(most, static_cast<double>(bottom_[c] - top_[c]));
  return most;
}

Yuv skin_beside(const PhotoTexture& texture, Point middle, Point along, Point down) {
  Yuv mean;
  int count = 0;
  for (const double side : {-1.0, 1.0}) {
    for (double x = 0.62; x <= 0.9; x += 0.07) {
      const auto c = texture.colour((middle + along * (side * x) + down * -0.35).x,
                                    (middle + along * (side * x) + down * -0.35).y);
      mean.y += c[0], mean.u += c[1], mean.v += c[2];
      ++count;
    }
  }
  return {mean.y / count, mean.u / count, mean.v / count};
}

void MouthViews::add(const media::Frame& picture, const face::TrackedFace& face) {
  const auto& points = face.landmarks;
  const Point span = points[54] - points[48];
  const double width = face::length(span) / std::clamp(face.mouth_width, 0.5, 1.5);
  const Point middle = (points[48] + points[54]) * 0.5;
  const auto even = [](double value, int low, int high) {
    return std::clamp(static_cast<int>(value), low, std::max(low, high)) & ~1;
  };
  const int x0 = even(middle.x - 1.1 * width, 0, picture.width - 8);
  const int y0 = even(middle.y - 0.8 * width, 0, picture.height - 8);
  const int x1 = even(middle.x + 1.1 * width + 2, x0 + 8, picture.width);
  const int y1 = even(middle.y + 0.9 * width + 2, y0 + 8, picture.height);
  const media::Rectangle area{x0, y0, x1 - x0, y1 - y0};
  PhotoTexture texture(media::scale(media::cut(picture, area), PhotoTexture::kScale * area.width,
                                    PhotoTexture::kScale * area.height));
  const Point along = span * (width / std::max(1.0, face::length(span)));
  const Point down{-along.y, along.x};
  const Point origin = middle + Point{0.5 - area.x, 0.5 - area.y};
  const auto own = [&](std::size_t k) {
    const Point p = points[k] - middle;
    return Point{face::dot(p, along) / (width * width), face::dot(p, down) / (width * width)};
  };
  const std::array upper{own(60), own(61), own(62), own(63), own(64)};
  const std::array lower{own(60), own(67), own(66), own(65), own(64)};
  const OpeningEdges edges(upper, lower);
  const Yuv skin = skin_beside(texture, origin, along, down);
  views_.push_back({std::move(texture), origin, along, down, edges, edges.tallest(), skin});
  std::sort(views_.begin(), views_.end(),
            [](const View& a, const View& b) { return a.tallest < b.tallest; });
}

MouthViews::Choice MouthViews::choose(double tallest) const {
  for (std::size_t i = 0; i + 1 < views_.size(); ++i) {
    const double low = views_[i].tallest, high = views_[i + 1].tallest;
    if (tallest >= high) continue;
    // Most of the way one of them alone: two rows of teeth over one another are no teeth.
    const double share = smooth(((tallest - low) / std::max(1e-6, high - low) - 0.4) / 0.2);
    if (share <= 0) return {static_cast<int>(i)};
    if (share >= 1) return {static_cast<int>(i) + 1};
    return {static_cast<int>(i), static_cast<int>(i) + 1, share};
  }
  return {static_cast<int>(views_.size()) - 1};
}

Yuv MouthViews::colour_of(const View& view, const OpeningEdges& opening, double x, double y,
                          const Yuv& skin) {
  const double wide = (opening.right() - opening.left()) / (view.edges.right() - view.edges.left());
  const double centre = (opening.right() + opening.left()) / 2;
  const double seen_centre = (view.edges.right() + view.edges.left()) / 2;
  const double seen_x = seen_centre + (x - centre) / std::max(1.0, wide);
  const double top = opening.top(x), bottom = opening.bottom(x);
  const double seen_top = view.edges.top(seen_x), seen_bottom = view.edges.bottom(seen_x);
  const double from_top = seen_top + kMargin + (y - top);
  const double from_bottom = seen_bottom - kMargin - (bottom - y);
  const double depth = (y - top) / std::max(1e-3, bottom - top);
  double seen_y = from_top + (from_bottom - from_top) * smooth((depth - 0.35) / 0.5);
  const double inset = std::min(kMargin, (seen_bottom - seen_top) / 2);
  seen_y = std::clamp(seen_y, seen_top + inset, std::max(seen_top, seen_bottom) - inset);
  const Point at = view.middle + view.along * seen_x + view.down * seen_y;
  const auto c = view.texture.colour(at.x, at.y);
  const double light = std::clamp((skin.y - 16) / std::max(1.0, view.skin.y - 16), 0.7, 1.4);
  return {16 + (c[0] - 16) * light, c[1] + (skin.u - view.skin.u), c[2] + (skin.v - view.skin.v)};
}

Yuv MouthViews::colour(const Choice& choice, const OpeningEdges& opening, double x, double y,
                       const Yuv& skin) const {
  const Yuv first = colour_of(views_[static_cast<std::size_t>(choice.first)], opening, x, y, skin);
  if (choice.second < 0) return first;
  const Yuv second =
      colour_of(views_[static_cast<std::size_t>(choice.second)], opening, x, y, skin);
  const double t = choice.share;
  return {first.y + (second.y - first.y) * t, first.u + (second.u - first.u) * t,
          first.v + (second.v - first.v) * t};
}

}  // namespace understudy::avatar
