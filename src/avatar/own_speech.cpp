#include "avatar/own_speech.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

#include "avatar/donor_set.h"

namespace understudy::avatar {
namespace {

constexpr std::size_t kPicturesMax = 4000;
constexpr std::array<double, 5> kShare = {0.1, 0.22, 0.36, 0.22, 0.1};  // of a moment
constexpr double kDoubt = 2;  // squares of shares that say the table is right

using Parts = std::array<double, 10>;

Parts parts_of(const VisemeContext& context) {
  Parts parts{};
  for (std::size_t k = 0; k < kShare.size(); ++k)
    parts[static_cast<std::size_t>(context[k])] += kShare[k];
  return parts;
}

// The habits that explain `beyond`, one number a picture.
Parts explained(const std::vector<VisemeContext>& contexts, const std::vector<double>& beyond) {
  constexpr int kVisemes = 10;
  cv::Mat left = cv::Mat::eye(kVisemes, kVisemes, CV_64F) * kDoubt;
  cv::Mat right = cv::Mat::zeros(kVisemes, 1, CV_64F);
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    const Parts parts = parts_of(contexts[i]);
    for (int r = 0; r < kVisemes; ++r) {
      const double part = parts[static_cast<std::size_t>(r)];
      if (part == 0) continue;
      right.at<double>(r) += part * beyond[i];
      for (int c = 0; c < kVisemes; ++c)
        left.at<double>(r, c) += part * parts[static_cast<std::size_t>(c)];
    }
  }
  cv::Mat found;
  cv::solve(left, right, found, cv::DECOMP_CHOLESKY);  // positive definite by kDoubt
  Parts habits{};
  for (int v = 0; v < kVisemes; ++v) habits[static_cast<std::size_t>(v)] = found.at<double>(v);
  return habits;
}

}  // namespace

OwnSpeech own_speech_of(std::span<const MouthFootage> footage, const Articulation& articulation) {
  std::size_t all = 0;
  for (const MouthFootage& each : footage)
    if (each.heard != nullptr) all += each.track->frames.size();
  const std::size_t step = 1 + all / kPicturesMax;
  OwnSpeech own;
  for (const MouthFootage& each : footage) {
    if (each.heard == nullptr) continue;
    const SpokenMouth lips(*each.heard, articulation);
    for (std::size_t i = 0; i < each.track->frames.size(); i += step) {
      const auto& face = each.track->frames[i];
      const double t_s = static_cast<double>(i) / each.track->fps;
      if (face.trust < face::kTrusted) continue;
      const Heard heard = heard_at(*each.heard, t_s);
      if (heard.viseme == Viseme::rest) continue;
      own.table.push_back(lips.at(t_s));
      own.context.push_back(heard.context);
      own.open.push_back(face.mouth_open);
      own.width.push_back(face.mouth_width);
    }
  }
  return own;
}

double table_width(const MouthShape& shape) {
  return 1 + (shape.width < 0 ? 0.16 : 0.10) * shape.width;
}

double Habits::mixed(const std::array<double, 10>& of, const VisemeContext& context) {
  double sum = 0;
  for (std::size_t k = 0; k < kShare.size(); ++k)
    sum += kShare[k] * of[static_cast<std::size_t>(context[k])];
  return sum;
}

double OwnSpeech::reach(double open_high) const {
  if (!is_enough()) return 0;
  std::vector<double> opened;
  for (const MouthShape& shape : table) opened.push_back(shape.open);
  const auto high = opened.begin() + static_cast<std::ptrdiff_t>(opened.size() * 9 / 10);
  std::nth_element(opened.begin(), high, opened.end());
  return open_high / std::max(0.1, *high);
}

Habits habits_of(const OwnSpeech& own, double reach) {
  if (!own.is_enough()) return {};
  std::vector<double> open, width;
  for (std::size_t i = 0; i < own.open.size(); ++i) {
    open.push_back(own.open[i] - reach * own.table[i].open);
    width.push_back(own.width[i] - table_width(own.table[i]));
  }
  return {explained(own.context, open), explained(own.context, width)};
}

double understood(const OwnSpeech& own, double open_high) {
  const double reach = own.reach(open_high);
  const Habits habits = habits_of(own, reach);
  std::vector<double> said;
  for (std::size_t i = 0; i < own.table.size(); ++i) {
    const double free = 1 - own.table[i].press;
    said.push_back(
        std::max(0.0, reach * own.table[i].open + free * habits.open_at(own.context[i])));
  }
  return agreement_of(said, own.open);
}

double agreement_of(std::span<const double> a, std::span<const double> b) {
  double sa = 0, sb = 0, sab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sa += a[i], sb += b[i], sab += a[i] * b[i];
  const auto n = static_cast<double>(a.size());
  const double spread = spread_of(a) * spread_of(b);
  return spread > 1e-12 ? (sab / n - sa * sb / (n * n)) / spread : 0;
}

double spread_of(std::span<const double> values) {
  if (values.empty()) return 0;
  double sum = 0, squares = 0;
  for (const double value : values) sum += value, squares += value * value;
  const auto n = static_cast<double>(values.size());
  return std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)));
}

}  // namespace understudy::avatar
