// Sound made of numbers: oscillators, filters, notes and drums, and the rooms they sound in.
//
// 48 kHz stereo, float. Everything is decided by seeds and the same on every machine with the same
// mathematics library. A Mix may be a loop: what sounds on after its end goes on at its start, so
// the end meets the beginning. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
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

enum class Voice {
  pad,
  strings,
  choir,
  epiano,
  piano,
  nylon,
  steel,
  bell,
  marimba,
  bass,
  sub,
  synth_bass,
  lead,
  flute,
  organ,
  brass,
  chip,
  harp,
  acid,
  upright
};

struct Note {
  double at_s = 0;
  double length_s = 0.5;
  double midi = 60;
  double velocity = 0.8;
  double pan = 0;
  double bright = 0.5;  // 0..1
};
void play(Mix& mix, Voice voice, const Note& note, std::uint32_t seed);

enum class Drum {
  kick,
  soft_kick,
  snare,
  brush,
  clap,
  hat,
  open_hat,
  shaker,
  rim,
  tom,
  taiko,
  crash,
  tambourine,
  ride
};
void hit(Mix& mix, Drum drum, double at_s, double velocity, std::uint32_t seed);

// Freeverb's eight combs and four all-passes per side; the wet signal only. size and damping 0..1.
Mix reverb(const Mix& dry, double size, double damping);
// Echoes from side to side; the wet signal only.
Mix echo(const Mix& dry, double seconds, double feedback);
// As from an old tape: duller, wavering, with the crackle of a record.
void age(Mix& mix, std::uint32_t seed);
// A lowpass and a highpass over everything; Hz, 0: none.
void shape(Mix& mix, double low_cut, double high_cut);

// To `lufs` (the sum of both sides after BS.1770), bent softly below `peak` (linear).
void settle(Mix& mix, double lufs, double peak);
double loudness_of(const Mix& mix);

std::vector<float> interleaved(const Mix& mix);

}  // namespace understudy::library
