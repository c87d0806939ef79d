#include "avatar/matte_segmenter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include "avatar/matte_seeds.h"

namespace understudy::avatar {
namespace {

cv::Mat view_of(const BytePlane& plane) {
  return {plane.height, plane.width, CV_8UC1, const_cast<std::uint8_t*>(plane.data.data())};
}

cv::Mat view_of(const SmallPicture& picture) {
  return {picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.bgr.data())};
}

// What grabCut needs: both sides at least a few pixels.
bool has_both(const BytePlane& labels) {
  std::size_t person = 0, background = 0;
  for (const std::uint8_t label : labels.data)
    (label == kSurePerson || label == kMaybePerson ? person : background) += 1;
  return person > 50 && background > 50;
}

BytePlane person_of(const cv::Mat& labels) {
  BytePlane mask = BytePlane::make(labels.cols, labels.rows);
  for (int y = 0; y < labels.rows; ++y)
    for (int x = 0; x < labels.cols; ++x)
      mask.at(x, y) = (labels.at<std::uint8_t>(y, x) & 1) != 0 ? 255 : 0;
  return mask;
}

// The box of what is not sure, with a margin that gives the cut its surroundings.
cv::Rect open_box(const BytePlane& labels) {
  int x0 = labels.width, y0 = labels.height, x1 = -1, y1 = -1;
  for (int y = 0; y < labels.height; ++y) {
    for (int x = 0; x < labels.width; ++x) {
      if (labels.at(x, y) < kMaybeBackground) continue;
      x0 = std::min(x0, x), x1 = std::max(x1, x);
      y0 = std::min(y0, y), y1 = y;
    }
  }
  if (x1 < 0) return {};
  return cv::Rect(x0 - 3, y0 - 3, x1 - x0 + 7, y1 - y0 + 7) &
         cv::Rect(0, 0, labels.width, labels.height);
}

struct Tone {
  std::array<double, 3> mean{};
  double variance = 0;  // of the three channels together
  int count = 0;
};

// Of the pixels of a window on one side of the outline, its soft edge left out.
Tone tone_of(const SmallPicture& picture, const BytePlane& side, int cx, int cy, int radius) {
  Tone tone;
  std::array<double, 3> sum{}, square{};
  for (int y = std::max(0, cy - radius); y <= std::min(picture.height - 1, cy + radius); ++y) {
    for (int x = std::max(0, cx - radius); x <= std::min(picture.width - 1, cx + radius); ++x) {
      if (side.at(x, y) == 0) continue;
      const std::uint8_t* p = &picture.bgr[side.index(x, y) * 3];
      for (std::size_t c = 0; c < 3; ++c)
        sum[c] += p[c], square[c] += static_cast<double>(p[c]) * p[c];
      ++tone.count;
    }
  }
  if (tone.count == 0) return tone;
  for (std::size_t c = 0; c < 3; ++c) {
    tone.mean[c] = sum[c] / tone.count;
    tone.variance += square[c] / tone.count - tone.mean[c] * tone.mean[c];
  }
  return tone;
}

}  // namespace

struct Segmenter::State {
  cv::Mat background, person;  // the mixtures
};

Segmenter::Segmenter() : state_(std::make_unique<State>()) {}
Segmenter::~Segmenter() = default;
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;

BytePlane Segmenter::start(const SmallPicture& picture, const BytePlane& labels, int rounds) {
  cv::Mat work = view_of(labels).clone();
  if (!has_both(labels)) return person_of(work);
  cv::setRNGSeed(1);  // the mixtures begin with k-means; the same picture gives the same cut
  cv::grabCut(view_of(picture), work, cv::Rect(), state_->background, state_->person, rounds,
              cv::GC_INIT_WITH_MASK);
  return person_of(work);
}

BytePlane Segmenter::go_on(const SmallPicture& picture, const BytePlane& labels) {
  cv::Mat work = view_of(labels).clone();
  const cv::Rect box = open_box(labels);
  if (box.area() < 25 || state_->person.empty()) return person_of(work);
  cv::Mat part = work(box).clone();
  cv::grabCut(view_of(picture)(box).clone(), part, cv::Rect(), state_->background, state_->person,
              1, cv::GC_EVAL_FREEZE_MODEL);
  part.copyTo(work(box));
  return person_of(work);
}

double clear_edges(const SmallPicture& picture, const BytePlane& mask) {
  const BytePlane inner = grown(mask, -2);
  BytePlane outer = grown(mask, 2);
  for (auto& value : outer.data) value = value == 0 ? 255 : 0;
  const int radius = std::max(4, std::max(mask.width, mask.height) / 60);
  int seen = 0, clear = 0;
  for (int y = 2; y < mask.height - 2; ++y) {
    for (int x = 2; x < mask.width - 2; ++x) {
      const bool is_edge =
          mask.at(x, y) != 0 && (mask.at(x - 1, y) == 0 || mask.at(x + 1, y) == 0 ||
                                 mask.at(x, y - 1) == 0 || mask.at(x, y + 1) == 0);
      if (!is_edge) continue;
      const Tone person = tone_of(picture, inner, x, y, radius);
      const Tone behind = tone_of(picture, outer, x, y, radius);
      if (person.count < 6 || behind.count < 6) continue;
      double distance = 0;
      for (std::size_t c = 0; c < 3; ++c)
        distance += (person.mean[c] - behind.mean[c]) * (person.mean[c] - behind.mean[c]);
      // Fisher's criterion, with a floor for the eye's own threshold.
      const double spread = std::max(person.variance, behind.variance) + 120;
      ++seen;
      if (distance > 1.1 * spread) ++clear;
    }
  }
  return seen == 0 ? 0 : static_cast<double>(clear) / seen;
}

BytePlane follow(const BytePlane& mask, const BytePlane& gray_before, const BytePlane& gray_now) {
  static thread_local const cv::Ptr<cv::DISOpticalFlow> dis =
      cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_ULTRAFAST);
  cv::Mat now, before, flow;
  // Half the size is enough for a band of a few pixels.
  cv::resize(view_of(gray_now), now, {}, 0.5, 0.5, cv::INTER_AREA);
  cv::resize(view_of(gray_before), before, now.size(), 0, 0, cv::INTER_AREA);
  dis->calc(now, before, flow);
  cv::resize(flow, flow, cv::Size(mask.width, mask.height), 0, 0, cv::INTER_LINEAR);
  cv::Mat map(mask.height, mask.width, CV_32FC2);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const auto& f = flow.at<cv::Vec2f>(y, x);
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(x) + 2 * f[0],
                                 static_cast<float>(y) + 2 * f[1]};
    }
  }
  BytePlane moved = BytePlane::make(mask.width, mask.height);
  cv::Mat out = view_of(moved);
  cv::remap(view_of(mask), out, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::threshold(out, out, 127, 255, cv::THRESH_BINARY);
  return moved;
}

}  // namespace understudy::avatar
