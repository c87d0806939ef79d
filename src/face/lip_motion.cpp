#include "face/lip_motion.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace understudy::face {
namespace {

// A strip of the reference and how far it may have moved, patch pixels.
struct Strip {
  cv::Rect at;
  int up = 0, down = 0, left = 0, right = 0;
  bool is_vertical = true;  // which way is wanted; the other is only tolerated
};

struct Path {
  std::vector<double> moved;  // patch pixels
  std::vector<double> score;
};

cv::Rect box(double x0, double y0, double x1, double y1) {
  const int left = cvRound(FacePatch::column(x0)), top = cvRound(FacePatch::row(y0));
  return cv::Rect(left, top, cvRound(FacePatch::column(x1)) - left,
                  cvRound(FacePatch::row(y1)) - top) &
         cv::Rect(0, 0, FacePatch::kSize, FacePatch::kSize);
}

// The likeness of the strip at each step of the wanted direction.
std::vector<float> scores_of(const cv::Mat& patch, const cv::Mat& pattern, const Strip& strip) {
  const int count = strip.is_vertical ? strip.up + strip.down + 1 : strip.left + strip.right + 1;
  std::vector<float> scores(static_cast<std::size_t>(count), -1.0F);
  const cv::Rect wanted(strip.at.x - strip.left, strip.at.y - strip.up,
                        strip.at.width + strip.left + strip.right,
                        strip.at.height + strip.up + strip.down);
  const cv::Rect inside = wanted & cv::Rect(0, 0, patch.cols, patch.rows);
  if (inside.width < pattern.cols || inside.height < pattern.rows) return scores;
  cv::Mat map;
  cv::matchTemplate(patch(inside), pattern, map, cv::TM_CCOEFF_NORMED);
  for (int r = 0; r < map.rows; ++r) {
    for (int c = 0; c < map.cols; ++c) {
      const int index = strip.is_vertical ? r + inside.y - wanted.y : c + inside.x - wanted.x;
      if (index < 0 || index >= count) continue;
      const float value = map.at<float>(r, c);
      auto& best = scores[static_cast<std::size_t>(index)];
      if (std::isfinite(value)) best = std::max(best, value);
    }
  }
  return scores;
}

double between(const std::vector<float>& scores, int at) {
  if (at <= 0 || at + 1 >= static_cast<int>(scores.size())) return 0;
  const double a = scores[static_cast<std::size_t>(at - 1)],
               b = scores[static_cast<std::size_t>(at)],
               c = scores[static_cast<std::size_t>(at + 1)];
  const double bend = a - 2 * b + c;
  return bend > -1e-6 ? 0 : std::clamp(0.5 * (a - c) / bend, -0.5, 0.5);
}

Path best_path(const std::vector<cv::Mat>& patches, const cv::Mat& reference, const Strip& strip) {
  constexpr double kStiff = 0.006;  // of a squared pixel between frames
  Path path;
  if (strip.at.width < 3 || strip.at.height < 3 || patches.empty()) {
    path.moved.assign(patches.size(), 0);
    path.score.assign(patches.size(), 0);
    return path;
  }
  const cv::Mat pattern = reference(strip.at);
  const int zero = strip.is_vertical ? strip.up : strip.left;
  std::vector<std::vector<float>> scores;
  for (const auto& patch : patches)
    scores.push_back(patch.empty() ? std::vector<float>() : scores_of(patch, pattern, strip));
  const auto states = static_cast<std::size_t>(strip.is_vertical ? strip.up + strip.down + 1
                                                                 : strip.left + strip.right + 1);
  std::vector<double> total(states, 0);
  std::vector<std::vector<std::uint8_t>> from;
  for (const auto& score : scores) {
    std::vector<double> next(states);
    std::vector<std::uint8_t> came(states);
    for (std::size_t s = 0; s < states; ++s) {
      double best = -1e18;
      for (std::size_t b = 0; b < states; ++b) {
        const double step = static_cast<double>(s) - static_cast<double>(b);
        const double value = total[b] - kStiff * step * step;
        if (value > best) best = value, came[s] = static_cast<std::uint8_t>(b);
      }
      next[s] = best + (score.empty() ? 0 : static_cast<double>(score[s]));
    }
    total = std::move(next);
    from.push_back(std::move(came));
  }
  auto state =
      static_cast<std::size_t>(std::max_element(total.begin(), total.end()) - total.begin());
  path.moved.resize(patches.size());
  path.score.resize(patches.size());
  for (std::size_t i = patches.size(); i-- > 0;) {
    const int at = static_cast<int>(state);
    path.moved[i] = at - zero + (scores[i].empty() ? 0 : between(scores[i], at));
    path.score[i] = scores[i].empty() ? 0 : static_cast<double>(scores[i][state]);
    state = from[i][state];
  }
  return path;
}

int pixels(double units) { return std::max(1, cvRound(units * FacePatch::kUnit)); }

std::vector<double> in_units(const std::vector<double>& moved) {
  std::vector<double> units;
  for (const double value : moved) units.push_back(value / FacePatch::kUnit);
  return units;
}

}  // namespace

cv::Mat FacePatch::straighten(const cv::Mat& gray, const HeadPose& pose) {
  // The pose is affine but for the depth, so a coarse grid of places says it all.
  constexpr int kGrid = 12;
  cv::Mat grid_x(kGrid + 1, kGrid + 1, CV_32F), grid_y(kGrid + 1, kGrid + 1, CV_32F);
  for (int r = 0; r <= kGrid; ++r) {
    for (int c = 0; c <= kGrid; ++c) {
      const double x = kLeft + 1.8 * c / kGrid, y = kTop + 1.8 * r / kGrid;
      const Point p = pose.project({x, y, face_depth(x, y)});
      grid_x.at<float>(r, c) = static_cast<float>(p.x);
      grid_y.at<float>(r, c) = static_cast<float>(p.y);
    }
  }
  cv::Mat map_x(kSize, kSize, CV_32F), map_y(kSize, kSize, CV_32F);
  for (int r = 0; r < kSize; ++r) {
    const double gy = (r + 0.5) * kGrid / kSize;
    const int r0 = std::min(kGrid - 1, static_cast<int>(gy));
    const auto fy = static_cast<float>(gy - r0);
    for (int c = 0; c < kSize; ++c) {
      const double gx = (c + 0.5) * kGrid / kSize;
      const int c0 = std::min(kGrid - 1, static_cast<int>(gx));
      const auto fx = static_cast<float>(gx - c0);
      const auto at = [&](const cv::Mat& grid) {
        const float* top = grid.ptr<float>(r0) + c0;
        const float* bottom = grid.ptr<float>(r0 + 1) + c0;
        return (top[0] * (1 - fx) + top[1] * fx) * (1 - fy) +
               (bottom[0] * (1 - fx) + bottom[1] * fx) * fy;
      };
      map_x.at<float>(r, c) = at(grid_x) - 0.5F;
      map_y.at<float>(r, c) = at(grid_y) - 0.5F;
    }
  }
  cv::Mat patch;
  const double shrink = pose.scale / kUnit;
  if (shrink > 1.6) {
    // Large faces are blurred a little, or the straightened picture would flicker.
    const cv::Rect area = cv::boundingRect(
        std::vector<cv::Point2f>{{grid_x.at<float>(0, 0), grid_y.at<float>(0, 0)},
                                 {grid_x.at<float>(0, kGrid), grid_y.at<float>(0, kGrid)},
                                 {grid_x.at<float>(kGrid, 0), grid_y.at<float>(kGrid, 0)},
                                 {grid_x.at<float>(kGrid, kGrid), grid_y.at<float>(kGrid, kGrid)}});
    const int room = cvRound(0.4 * pose.scale);
    const cv::Rect wide =
        cv::Rect(area.x - room, area.y - room, area.width + 2 * room, area.height + 2 * room) &
        cv::Rect(0, 0, gray.cols, gray.rows);
    if (wide.area() > 0) {
      cv::Mat soft;
      const int reach = cvRound(shrink) | 1;
      cv::boxFilter(gray(wide), soft, -1, {reach, reach});
      cv::remap(soft, patch, map_x - cv::Scalar(wide.x), map_y - cv::Scalar(wide.y),
                cv::INTER_LINEAR, cv::BORDER_REPLICATE);
      return patch;
    }
  }
  cv::remap(gray, patch, map_x, map_y, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return patch;
}

LipMotion follow_lips(const std::vector<cv::Mat>& patches, const cv::Mat& reference,
                      const FaceShape& mouth) {
  const double middle = (mouth[kLeftCorner].x + mouth[kRightCorner].x) / 2;
  const double half = (mouth[kRightCorner].x - mouth[kLeftCorner].x) / 2;
  const double upper = mouth[51].y, lower = mouth[57].y;
  Strip above;
  above.at = box(middle - 0.55 * half, upper - 0.10, middle + 0.55 * half, upper + 0.06);
  above.up = pixels(0.14), above.down = pixels(0.12), above.left = above.right = 2;
  Strip below;
  below.at = box(middle - 0.6 * half, lower - 0.07, middle + 0.6 * half, lower + 0.20);
  below.up = pixels(0.28), below.down = pixels(0.48), below.left = below.right = 2;
  const auto corner = [&](std::size_t point, int side) {
    Strip strip;
    const double x = mouth[point].x, y = mouth[point].y;
    strip.at = box(x - (side < 0 ? 0.10 : 0.08), y - 0.09, x + (side < 0 ? 0.08 : 0.10), y + 0.09);
    strip.left = strip.right = pixels(0.14);
    strip.up = pixels(0.05), strip.down = pixels(0.12);
    strip.is_vertical = false;
    return strip;
  };
  const Path top = best_path(patches, reference, above);
  const Path bottom = best_path(patches, reference, below);
  const Path left = best_path(patches, reference, corner(kLeftCorner, -1));
  const Path right = best_path(patches, reference, corner(kRightCorner, 1));
  LipMotion motion;
  motion.upper = in_units(top.moved);
  motion.lower = in_units(bottom.moved);
  motion.left = in_units(left.moved);
  motion.right = in_units(right.moved);
  for (std::size_t i = 0; i < patches.size(); ++i)
    motion.match.push_back(std::clamp((top.score[i] + bottom.score[i]) / 2, 0.0, 1.0));
  return motion;
}

std::vector<double> likeness(const std::vector<cv::Mat>& patches) {
  std::vector<double> result(patches.size(), -1);
  // The usual face: the mean of up to a hundred frames, then of those that are like it.
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < patches.size(); ++i) {
    if (!patches[i].empty()) chosen.push_back(i);
  }
  if (chosen.empty()) return result;
  const std::size_t stride = std::max<std::size_t>(1, chosen.size() / 100);
  // What lips do is not asked for: only the skin round them, where a hand would lie.
  cv::Mat ring(FacePatch::kSize, FacePatch::kSize, CV_8U, cv::Scalar(255));
  ring(box(-0.5, 0.88, 0.5, 1.5)).setTo(0);
  ring(box(-0.9, 1.6, 0.9, 2.1)).setTo(0);
  ring(box(-0.9, 0.3, -0.75, 2.1)).setTo(0);
  ring(box(0.75, 0.3, 0.9, 2.1)).setTo(0);
  const auto like = [&](const cv::Mat& patch, const cv::Mat& usual) {
    cv::Scalar mean_a, mean_b, deviation_a, deviation_b;
    cv::Mat a, b;
    patch.convertTo(a, CV_32F);
    usual.convertTo(b, CV_32F);
    cv::meanStdDev(a, mean_a, deviation_a, ring);
    cv::meanStdDev(b, mean_b, deviation_b, ring);
    cv::Mat product = (a - mean_a[0]).mul(b - mean_b[0]);
    const double together = cv::mean(product, ring)[0];
    return together / std::max(1e-3, deviation_a[0] * deviation_b[0]);
  };
  cv::Mat usual;
  std::vector<std::size_t> sample;
  for (std::size_t i = 0; i < chosen.size(); i += stride) sample.push_back(chosen[i]);
  for (int pass = 0; pass < 2; ++pass) {
    cv::Mat sum = cv::Mat::zeros(FacePatch::kSize, FacePatch::kSize, CV_32F);
    for (const auto i : sample) cv::accumulate(patches[i], sum);
    usual = sum / static_cast<double>(sample.size());
    std::vector<std::pair<double, std::size_t>> ranked;
    for (const auto i : sample) ranked.emplace_back(like(patches[i], usual), i);
    std::sort(ranked.rbegin(), ranked.rend());
    ranked.resize((ranked.size() + 1) / 2);
    sample.clear();
    for (const auto& each : ranked) sample.push_back(each.second);
  }
  for (const auto i : chosen) result[i] = like(patches[i], usual);
  return result;
}

}  // namespace understudy::face
