// Sound made of numbers: oscillators, noise, filters, and the mix that they sound in.
//
// 48 kHz stereo, float. Everything is decided by seeds and the same on every machine with the same
// mathematics library. A Mix may be a loop: what sounds on after its end goes on at its start, so
// the end meets the beginning. One thread.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "library/dice.h"

namespace understudy::library {

inline constexpr int kRate = 48'000;

class Mix {
 public:
  Mix(double seconds, bool is_loop);

  std::int64_t frames() const { return static_cast<std::int64_t>(left_.size()); }
  bool is_loop() const { return is_loop_; }
  // Past the end: at the start of a loop, else nowhere.
  void add(std::int64_t frame, double left, double right);
  void add_panned(std::int64_t frame, double value, double pan);  // pan: -1..1
  void add(const Mix& other, double gain);                        // of the same length

  std::vector<float>& left() { return left_; }
  std::vector<float>& right() { return right_; }
  const std::vector<float>& left() const { return left_; }
  const std::vector<float>& right() const { return right_; }

 private:
  bool is_loop_;
  std::vector<float> left_;
  std::vector<float> right_;
};

// State-variable filter (Simper's linear form); all outputs from one step.
class Filter {
 public:
  void set(double frequency, double resonance);  // Hz; resonance 0.5 (none) and up
  double low(double x) { return step(x), low_; }
  double band(double x) { return step(x), band_; }
  double high(double x) { return step(x), x - k_ * band_ - low_; }

 private:
  void step(double x);
  double g_ = 0, k_ = 0, a1_ = 0, a2_ = 0, a3_ = 0;
  double ic1_ = 0, ic2_ = 0;
  double low_ = 0, band_ = 0;
};

// Phase from 0 to 1; waves without audible aliases (polyBLEP).
class Oscillator {
 public:
  explicit Oscillator(double phase = 0) : phase_(phase) {}
  double sine(double frequency);
  double saw(double frequency);
  double square(double frequency, double width = 0.5);
  double triangle(double frequency);

 private:
  double advance(double frequency);
  double phase_;
  double step_ = 0;
};

class Noise {
 public:
  explicit Noise(std::uint32_t seed) : dice_(seed) {}
  double white() { return 2 * dice_.next() - 1; }
  double pink();  // 3 dB less per octave (Kellet's filter)

 private:
  Dice dice_;
  double b0_ = 0, b1_ = 0, b2_ = 0;
};

double hertz_of(double midi);  // 69: 440 Hz
std::int64_t frame_at(double seconds);

using Sides = std::pair<double, double>;
Sides panned(double value, double pan);  // equal power at every pan: -1..1

// To `lufs` (the sum of both sides after BS.1770), bent softly below `peak` (linear).
void settle(Mix& mix, double lufs, double peak);
double loudness_of(const Mix& mix);

std::vector<float> interleaved(const Mix& mix);

}  // namespace understudy::library
