#include "face/lip_motion.h"

#include <algorithm>
#include <array>
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

cv::Mat FacePatch::straighten(const FaceCrop& crop, const HeadPose& pose) {
  // The pose is affine but for the depth, so a coarse grid of places says it all.
  constexpr int kGrid = 12;
  constexpr int kStep = kSize / kGrid;
  static_assert(kSize % kGrid == 0);
  const HeadView view(pose);
  std::array<std::array<cv::Point2f, kGrid + 1>, kGrid + 1> grid;
  for (int r = 0; r <= kGrid; ++r) {
    for (int c = 0; c <= kGrid; ++c) {
      const double x = kLeft + 1.8 * c / kGrid, y = kTop + 1.8 * r / kGrid;
      const Point p = crop.to_crop(view.project({x, y, face_depth(x, y)}));
      grid[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)] = {
          static_cast<float>(p.x) - 0.5F, static_cast<float>(p.y) - 0.5F};
    }
  }
  cv::Mat map(kSize, kSize, CV_32FC2);
  for (int r = 0; r < kSize; ++r) {
    const auto& top = grid[static_cast<std::size_t>(r / kStep)];
    const auto& bottom = grid[static_cast<std::size_t>(r / kStep + 1)];
    const float fy = (static_cast<float>(r % kStep) + 0.5F) / kStep;
    auto* row = map.ptr<cv::Point2f>(r);
    for (std::size_t c = 0; c < kGrid; ++c) {
      const cv::Point2f left = top[c] + (bottom[c] - top[c]) * fy;
      const cv::Point2f right = top[c + 1] + (bottom[c + 1] - top[c + 1]) * fy;
      const cv::Point2f step = (right - left) * (1.0F / kStep);
      for (int k = 0; k < kStep; ++k) *row++ = left + step * (static_cast<float>(k) + 0.5F);
    }
  }
  cv::Mat patch;
  cv::remap(crop.gray, patch, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
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
