#include "avatar/performance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "avatar/noise.h"

namespace understudy::avatar {
namespace {

constexpr double kIdleAfter = 600;  // s of planned blinks and glances after the speech ends

double eased(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

}  // namespace

Performance::Performance(const speech::Speech& speech, std::uint32_t seed)
    : seed_(seed),
      prosody_(speech),
      mouth_(speech.phones),
      gestures_(prosody_, speech.words, speech.duration_s(), seed) {
  plan_blinks(speech.duration_s());
  plan_gaze(speech.duration_s());
}

void Performance::plan_blinks(double duration_s) {
  double t = 0.8 + 1.6 * uniform(seed_, 11);
  std::uint32_t i = 100;
  while (t < duration_s + kIdleAfter) {
    // A phrase end nearby draws the blink to itself.
    const auto end =
        std::lower_bound(prosody_.phrase_ends().begin(), prosody_.phrase_ends().end(), t - 0.7);
    if (end != prosody_.phrase_ends().end() && *end < t + 0.9) t = std::max(*end + 0.03, t - 0.7);
    blinks_.push_back(t);
    if (uniform(seed_, i++) < 0.12) blinks_.push_back(t + 0.34);  // now and then twice
    t += 2.3 + 2.9 * uniform(seed_, i++);
  }
}

void Performance::plan_gaze(double duration_s) {
  glances_.push_back({-1, {0, 0}});
  double t = 1.5;
  std::uint32_t i = 9000;
  while (t < duration_s + kIdleAfter) {
    t += 1.1 + 2.2 * uniform(seed_, i++);
    const double kind = uniform(seed_, i++);
    const double side = uniform(seed_, i++) * 2 - 1;
    if (kind < 0.2) {  // a thought: away, then back
      glances_.push_back({t, {side < 0 ? -0.75 : 0.75, -0.25 * std::abs(side)}});
      glances_.push_back({t + 0.5 + 0.4 * std::abs(side), {0, 0}});
      t += 0.9;
    } else {
      glances_.push_back({t, {0.14 * side, 0.05 * (uniform(seed_, i++) - 0.5)}});
    }
  }
}

double Performance::blink_at(double t_s) const {
  constexpr double kClose = 0.085, kHold = 0.045, kOpen = 0.16;
  const auto next = std::upper_bound(blinks_.begin(), blinks_.end(), t_s);
  double value = 0;
  for (auto it = next - std::min<std::ptrdiff_t>(2, next - blinks_.begin()); it != next; ++it) {
    const double dt = t_s - *it;
    if (dt < kClose)
      value = std::max(value, eased(dt / kClose));
    else if (dt < kClose + kHold)
      value = 1;
    else
      value = std::max(value, 1 - eased((dt - kClose - kHold) / kOpen));
  }
  return value;
}

Point Performance::gaze_at(double t_s) const {
  const auto next = std::upper_bound(glances_.begin(), glances_.end(), t_s,
                                     [](double t, const Glance& g) { return t < g.time_s; });
  if (next == glances_.begin()) return {};
  const Glance& now = *(next - 1);
  const Point before = next - 1 == glances_.begin() ? Point{} : (next - 2)->gaze;
  return lerp(before, now.gaze, eased((t_s - now.time_s) / 0.06));
}

double Performance::nod_at(double t_s) const {
  double nod = 0;
  const auto& stresses = prosody_.stresses();
  for (auto it = std::lower_bound(stresses.begin(), stresses.end(), t_s - 0.9,
                                  [](const Stress&a, double t) { return a.time_s < t; });
       it != stresses.end() && it->time_s < t_s + 0.6; ++it) {
    // Up before, down on the stress, back after it.
    const double dt = t_s - it->time_s;
    const double down = dt / (dt < 0 ? 0.13 : 0.24), up = (dt + 0.26) / 0.14;
    nod += it->strength * (std::exp(-down * down) - 0.35 * std::exp(-up * up));
  }
  return std::clamp(nod, -0.6, 1.2);
}

double Performance::tilt_at(double t_s) const {
  // Each phrase has its own tilt of the head; it changes while the phrase starts.
  const auto& starts = prosody_.phrase_starts();
  const auto next = std::upper_bound(starts.begin(), starts.end(), t_s);
  const auto index = static_cast<std::uint32_t>(next - starts.begin());
  const auto tilt_of = [&](std::uint32_t i) {
    return i == 0 ? 0 : uniform(seed_, 700 + i) * 2 - 1;
  };
  if (index == 0) return 0;
  return tilt_of(index - 1) +
         (tilt_of(index) - tilt_of(index - 1)) * eased((t_s - *(next - 1)) / 0.7);
}

Pose Performance::at(double t_s) const {
  const double speaking = prosody_.speaking(t_s), energy = prosody_.energy(t_s);
  const double pitch = prosody_.pitch(t_s), nod = nod_at(t_s), tilt = tilt_at(t_s);
  const double life = 0.45 + 0.55 * speaking;
  const auto drift = [&](std::uint32_t salt, double rate) {
    return smooth_noise(hash(seed_, salt), t_s * rate);
  };
  const GesturePlan::Arms arms = gestures_.at(t_s);

  Pose pose;
  pose.body_x = 7 * drift(1, 0.23) * life;
  pose.body_lean = 0.010 * drift(2, 0.19) * life + 0.004 * tilt;
  pose.body_y = -2.6 * std::sin(2 * std::numbers::pi * t_s / 4.1 + uniform(seed_, 3) * 6) +
                3.0 * std::max(nod, 0.0) * 0.5;
  pose.head_x = 6 * drift(4, 0.41) * life + 3 * tilt;
  pose.head_y = 2.5 * drift(5, 0.5) * life + 7 * nod - 2.5 * pitch * speaking;
  pose.head_roll = 0.022 * drift(6, 0.33) * life + 0.035 * tilt;
  pose.yaw = std::clamp(0.42 * drift(7, 0.37) * life + 0.2 * tilt, -1.0, 1.0);
  pose.pitch =
      std::clamp(0.18 * drift(8, 0.45) * life + 0.5 * nod - 0.14 * pitch * speaking, -1.0, 1.0);
  pose.blink = blink_at(t_s);
  const Point gaze = gaze_at(t_s);
  pose.gaze_x = std::clamp(gaze.x - 0.25 * pose.yaw, -1.0, 1.0);
  pose.gaze_y = gaze.y - 0.15 * pose.pitch;
  pose.brow_raise = std::clamp(
      0.10 + 0.55 * pitch * speaking + 0.30 * std::max(nod, 0.0) * energy + 0.12 * drift(9, 0.3),
      -0.4, 1.0);
  pose.brow_tilt = 0.15 * drift(10, 0.2) + 0.1 * speaking;
  pose.mouth = mouth_.at(t_s);
  // A smile at rest and between phrases; it makes way for the shapes of speech.
  pose.mouth.smile = 0.85 - 0.25 * speaking + 0.12 * drift(12, 0.21);
  pose.squint = std::clamp(0.25 * pose.mouth.smile + 0.15 * drift(13, 0.27), 0.0, 1.0);
  // Loud is wide: the loudness opens or narrows what the phones ask for.
  pose.mouth.open *= 0.86 + 0.2 * energy;
  pose.left = arms.left;
  pose.right = arms.right;
  return pose;
}

}  // namespace understudy::avatar
