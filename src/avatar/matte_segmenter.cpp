#include "avatar/matte_segmenter.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/imgproc/detail/gcgraph.hpp>

namespace understudy::avatar {
namespace {

constexpr float kSmooth = 5.0F;        // what it costs to part two pixels of one tone
constexpr float kSmoothFloor = 0.25F;  // the same across an edge
constexpr float kBias = 0.9F;          // more or less evidence, when it is asked what hangs by it
constexpr int kLocal = 12;             // half the window in which edges are compared

struct Step {
  int dx, dy;
  float weight;
};
constexpr std::array<Step, 4> kSteps = {{{1, 0, 1}, {0, 1, 1}, {1, 1, 0.707F}, {-1, 1, 0.707F}}};

float difference(const SmallPicture& picture, std::size_t a, std::size_t b) {
  float sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float off =
        static_cast<float>(picture.bgr[a * 3 + c]) - static_cast<float>(picture.bgr[b * 3 + c]);
    sum += off * off;
  }
  return sum;
}

// Twice the mean of the squared differences between neighbours, half of it of the whole picture and
// half of the surroundings: before a plain wall a faint edge counts, in a shelf only a strong one.
FloatPlane usual_difference(const SmallPicture& picture) {
  FloatPlane usual = FloatPlane::make(picture.width, picture.height);
  for (int y = 0; y + 1 < picture.height; ++y)
    for (int x = 0; x + 1 < picture.width; ++x) {
      const std::size_t i = usual.index(x, y);
      usual.data[i] = std::min(
          3000.0F, 0.5F * (difference(picture, i, i + 1) +
                           difference(picture, i, i + static_cast<std::size_t>(picture.width))));
    }
  cv::Mat view(usual.height, usual.width, CV_32FC1, usual.data.data());
  const auto whole = static_cast<float>(cv::mean(view)[0]);
  cv::boxFilter(view.clone(), view, -1, cv::Size(2 * kLocal + 1, 2 * kLocal + 1));
  for (float& value : usual.data) value = value + whole + 12;
  return usual;
}

BytePlane cut(const SmallPicture& picture, const FloatPlane& evidence, const FloatPlane& odds) {
  const FloatPlane usual = usual_difference(picture);
  std::vector<int> node(evidence.data.size(), -1);
  int count = 0;
  for (std::size_t i = 0; i < node.size(); ++i)
    if (std::abs(evidence.data[i]) < kSure) node[i] = count++;
  cv::detail::GCGraph<float> graph(static_cast<unsigned>(count),
                                   static_cast<unsigned>(8 * count + 8));
  for (int i = 0; i < count; ++i) graph.addVtx();
  std::vector<float> terms(static_cast<std::size_t>(count));
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const std::size_t i = evidence.index(x, y);
      if (node[i] >= 0) terms[static_cast<std::size_t>(node[i])] += evidence.data[i] + odds.data[i];
      for (const Step& step : kSteps) {
        const int nx = x + step.dx, ny = y + step.dy;
        if (nx < 0 || nx >= picture.width || ny >= picture.height) continue;
        const std::size_t j = evidence.index(nx, ny);
        if (node[i] < 0 && node[j] < 0) continue;
        const float alike = std::exp(-difference(picture, i, j) / (usual.data[i]));
        const float weight = step.weight * (kSmoothFloor + (kSmooth - kSmoothFloor) * alike);
        if (node[i] >= 0 && node[j] >= 0) {
          graph.addEdges(node[i], node[j], weight, weight);
        } else {
          const std::size_t open = node[i] >= 0 ? i : j, sure = node[i] >= 0 ? j : i;
          terms[static_cast<std::size_t>(node[open])] += evidence.data[sure] > 0 ? weight : -weight;
        }
      }
    }
  }
  for (int i = 0; i < count; ++i) {
    const float term = terms[static_cast<std::size_t>(i)];
    graph.addTermWeights(i, std::max(term, 0.0F), std::max(-term, 0.0F));
  }
  if (count > 0) graph.maxFlow();
  BytePlane mask = BytePlane::make(picture.width, picture.height);
  for (std::size_t i = 0; i < node.size(); ++i) {
    const bool is_person = node[i] < 0 ? evidence.data[i] > 0 : graph.inSourceSegment(node[i]);
    mask.data[i] = is_person ? 255 : 0;
  }
  return mask;
}

}  // namespace

BytePlane Segmenter::start(const SmallPicture& picture, const FloatPlane& evidence, int rounds,
                           double reach) {
  FloatPlane person = evidence, background = evidence;
  for (std::size_t i = 0; i < evidence.data.size(); ++i) {
    const float share = 1 / (1 + std::exp(-evidence.data[i]));
    person.data[i] = std::clamp((share - 0.75F) / 0.2F, 0.0F, 1.0F);
    background.data[i] = std::clamp((0.3F - share) / 0.2F, 0.0F, 1.0F);
  }
  colours_.begin(picture.width, picture.height, reach);
  colours_.count(picture, person, background);
  colours_.finish();
  BytePlane mask;
  for (int round = 0; round < rounds; ++round) {
    mask = cut(picture, evidence, colours_.odds(picture));
    learn({&picture, 1}, {&mask, 1}, reach);
  }
  return mask;
}

void Segmenter::learn(std::span<const SmallPicture> pictures, std::span<const BytePlane> masks,
                      double reach) {
  colours_.begin(pictures[0].width, pictures[0].height, reach);
  for (std::size_t k = 0; k < pictures.size(); ++k) {
    // The soft edge has the colours of both sides.
    const BytePlane inner = grown(masks[k], -1), outer = grown(masks[k], 1);
    FloatPlane person = FloatPlane::make(inner.width, inner.height), background = person;
    for (std::size_t i = 0; i < inner.data.size(); ++i) {
      person.data[i] = inner.data[i] != 0 ? 1.0F : 0.0F;
      background.data[i] = outer.data[i] == 0 ? 1.0F : 0.0F;
    }
    colours_.count(pictures[k], person, background);
  }
  colours_.finish();
}

double Segmenter::stability(const SmallPicture& picture, const FloatPlane& evidence) const {
  const FloatPlane odds = colours_.odds(picture);
  const auto biased = [&](float bias) {
    FloatPlane shifted = evidence;
    for (float& value : shifted.data)
      if (std::abs(value) < kSure) value = std::clamp(value + bias, -kSure + 0.1F, kSure - 0.1F);
    return cut(picture, shifted, odds);
  };
  const BytePlane more = biased(kBias), less = biased(-kBias);
  std::size_t both = 0, any = 1;
  for (std::size_t i = 0; i < more.data.size(); ++i) {
    both += more.data[i] != 0 && less.data[i] != 0 ? 1 : 0;
    any += more.data[i] != 0 || less.data[i] != 0 ? 1 : 0;
  }
  return static_cast<double>(both) / static_cast<double>(any);
}

BytePlane Segmenter::go_on(const SmallPicture& picture, const FloatPlane& evidence) const {
  return cut(picture, evidence, colours_.odds(picture));
}

}  // namespace understudy::avatar
