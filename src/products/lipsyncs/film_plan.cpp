#include "products/lipsyncs/film_plan.h"

#include <algorithm>
#include <cmath>

namespace understudy::lipsyncs {
namespace {

constexpr double kElasticityMin = 0.08;  // of a picture with movement
constexpr double kMovingUnits_s = 0.25;  // face units a second that count as movement

// Pictures of the film in the order in which they are shown: forwards, or forwards and back until
// they are enough.
std::vector<int> order_for(int film, int count) {
  std::vector<int> order;
  for (int i = 0; i < film; ++i) order.push_back(i);
  if (film < 2) return order;
  // With still pictures at kSlowest on average a film of one length fills 1.3 of it.
  int at = film - 1, step = -1;
  while (count > 1.3 * static_cast<double>(order.size())) {
    for (int k = 0; k < film - 1 && count > 1.3 * static_cast<double>(order.size()); ++k)
      order.push_back(at += step);
    step = -step;
  }
  return order;
}

double shown_in_all(const std::vector<double>& elasticity, double pull) {
  double sum = 0;
  for (const double each : elasticity) sum += std::clamp(1 + pull * each, kFastest, kSlowest);
  return sum;
}

}  // namespace

std::vector<double> stillness(const face::FaceTrack& track) {
  const int count = static_cast<int>(track.frames.size());
  std::vector<double> still(static_cast<std::size_t>(count), 1);
  for (int i = 0; i < count; ++i) {
    const auto& a = track.frames[static_cast<std::size_t>(std::max(0, i - 1))];
    const auto& b = track.frames[static_cast<std::size_t>(std::min(count - 1, i + 1))];
    const double span_s = std::max(1, std::min(count - 1, i + 1) - std::max(0, i - 1)) / track.fps;
    const double head = face::length(b.pose.shift - a.pose.shift) / std::max(1.0, a.pose.scale) +
                        std::abs(b.pose.yaw - a.pose.yaw) + std::abs(b.pose.pitch - a.pose.pitch);
    const double speed = head / span_s;
    still[static_cast<std::size_t>(i)] = std::exp(-std::pow(speed / kMovingUnits_s, 2));
  }
  return still;
}

std::vector<int> stretch(const std::vector<double>& still, int count) {
  const int film = static_cast<int>(still.size());
  if (film == count) return one_to_one(film, count);
  std::vector<int> order = order_for(film, count);
  // Never faster than the half of it needs: the rest is left out.
  const double most = static_cast<double>(count) / 0.7;
  if (static_cast<double>(order.size()) > most)
    order.resize(static_cast<std::size_t>(std::max(1.0, std::ceil(most))));
  std::vector<double> elasticity;
  for (const int i : order)
    elasticity.push_back(kElasticityMin +
                         (1 - kElasticityMin) * still[static_cast<std::size_t>(i)]);
  double low = -100, high = 100;
  for (int round = 0; round < 60; ++round) {
    const double middle = (low + high) / 2;
    (shown_in_all(elasticity, middle) < count ? low : high) = middle;
  }
  std::vector<int> shows;
  double shown = 0;
  const double scale = count / shown_in_all(elasticity, high);  // what the bounds left over
  for (std::size_t i = 0; i < order.size(); ++i) {
    shown += scale * std::clamp(1 + high * elasticity[i], kFastest, kSlowest);
    while (static_cast<int>(shows.size()) < count &&
           static_cast<double>(shows.size()) + 0.5 <= shown)
      shows.push_back(order[i]);
  }
  while (static_cast<int>(shows.size()) < count) shows.push_back(order.back());
  return shows;
}

std::vector<int> one_to_one(int film_frames, int count) {
  std::vector<int> shows;
  for (int i = 0; i < count; ++i) shows.push_back(std::min(i, film_frames - 1));
  return shows;
}

}  // namespace understudy::lipsyncs
