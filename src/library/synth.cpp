#include "library/synth.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "media/loudness.h"

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// The correction of a step at the wrap of a phase.
double blep(double phase, double step) {
  if (phase < step) {
    const double t = phase / step;
    return t + t - t * t - 1;
  }
  if (phase > 1 - step) {
    const double t = (phase - 1) / step;
    return t * t + t + t + 1;
  }
  return 0;
}

}  // namespace

std::int64_t frame_at(double seconds) { return std::llround(seconds * kRate); }

Sides panned(double value, double pan) {
  return {value * std::sqrt(1 - pan), value * std::sqrt(1 + pan)};
}

Mix::Mix(double seconds, bool is_loop)
    : is_loop_(is_loop),
      left_(static_cast<std::size_t>(frame_at(seconds))),
      right_(static_cast<std::size_t>(frame_at(seconds))) {}

void Mix::add(std::int64_t frame, double left, double right) {
  if (frame >= frames()) {
    if (!is_loop_) return;
    frame %= frames();
  }
  if (frame < 0) return;
  left_[static_cast<std::size_t>(frame)] += static_cast<float>(left);
  right_[static_cast<std::size_t>(frame)] += static_cast<float>(right);
}

void Mix::add_panned(std::int64_t frame, double value, double pan) {
  const auto [left, right] = panned(value, pan);
  add(frame, left, right);
}

void Mix::add(const Mix& other, double gain) {
  const std::size_t count = std::min(left_.size(), other.left_.size());
  for (std::size_t i = 0; i < count; ++i) {
    left_[i] += static_cast<float>(gain) * other.left_[i];
    right_[i] += static_cast<float>(gain) * other.right_[i];
  }
}

void Filter::set(double frequency, double resonance) {
  g_ = std::tan(std::numbers::pi * std::min(frequency, kRate * 0.45) / kRate);
  k_ = 1 / resonance;
  a1_ = 1 / (1 + g_ * (g_ + k_));
  a2_ = g_ * a1_;
  a3_ = g_ * a2_;
}

void Filter::step(double x) {
  const double v3 = x - ic2_;
  band_ = a1_ * ic1_ + a2_ * v3;
  low_ = ic2_ + a2_ * ic1_ + a3_ * v3;
  ic1_ = 2 * band_ - ic1_;
  ic2_ = 2 * low_ - ic2_;
}

double Oscillator::advance(double frequency) {
  step_ = frequency / kRate;
  phase_ += step_;
  phase_ -= std::floor(phase_);
  return phase_;
}
double Oscillator::sine(double frequency) { return std::sin(kTurn * advance(frequency)); }
double Oscillator::saw(double frequency) {
  const double phase = advance(frequency);
  return 2 * phase - 1 - blep(phase, step_);
}
double Oscillator::square(double frequency, double width) {
  const double phase = advance(frequency);
  const double other = phase + 1 - width - std::floor(phase + 1 - width);
  return (phase < width ? 1 : -1) + blep(phase, step_) - blep(other, step_);
}
double Oscillator::triangle(double frequency) {
  const double phase = advance(frequency);
  return 4 * std::abs(phase - 0.5) - 1;
}

double Noise::pink() {
  const double white = this->white();
  b0_ = 0.99765 * b0_ + white * 0.0990460;
  b1_ = 0.96300 * b1_ + white * 0.2965164;
  b2_ = 0.57000 * b2_ + white * 1.0526913;
  return 0.25 * (b0_ + b1_ + b2_ + white * 0.1848);
}

double hertz_of(double midi) { return 440 * std::exp2((midi - 69) / 12); }

double loudness_of(const Mix& mix) {
  const double left = media::integrated_loudness(mix.left(), kRate);
  const double right = media::integrated_loudness(mix.right(), kRate);
  return 10 * std::log10(std::pow(10, left / 10) + std::pow(10, right / 10));
}

void settle(Mix& mix, double lufs, double peak) {
  for (int pass = 0; pass < 3; ++pass) {
    const double gain = std::pow(10, (lufs - loudness_of(mix)) / 20);
    const double knee = 0.6 * peak;
    for (auto* side : {&mix.left(), &mix.right()}) {
      for (float& value : *side) {
        const double raised = gain * value;
        const double size = std::abs(raised);
        const double bent =
            size <= knee ? size : knee + (peak - knee) * std::tanh((size - knee) / (peak - knee));
        value = static_cast<float>(std::copysign(bent, raised));
      }
    }
  }
}

std::vector<float> interleaved(const Mix& mix) {
  std::vector<float> samples;
  samples.reserve(mix.left().size() * 2);
  for (std::size_t i = 0; i < mix.left().size(); ++i) {
    samples.push_back(mix.left()[i]);
    samples.push_back(mix.right()[i]);
  }
  return samples;
}

}  // namespace understudy::library
