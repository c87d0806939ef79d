#include "library/instruments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// Rises over `attack`, sinks to `level` with time constant `decay`, ends `release` after `length`.
struct Envelope {
  double attack = 0.005;
  double decay = 1e9;
  double level = 0;
  double release = 0.1;

  double at(double t, double length) const {
    double value = t < attack ? t / attack : level + (1 - level) * std::exp(-(t - attack) / decay);
    if (t > length) value *= std::exp(-(t - length) / (release * 0.3));
    return value;
  }
};

// Calls value(t) for every sample of a note and its release; value gives left and right.
template <class Value>
void render(Mix& mix, const Note& note, double tail_s, Value&& value) {
  const std::int64_t begin = frame_at(note.at_s);
  const auto count = frame_at(note.length_s + tail_s);
  const double fade = kRate * 0.01;
  for (std::int64_t i = 0; i < count; ++i) {
    if (!mix.is_loop() && begin + i >= mix.frames()) return;
    const double end = std::min(1.0, static_cast<double>(count - i) / fade);
    const auto [left, right] = value(static_cast<double>(i) / kRate);
    mix.add(begin + i, left * end, right * end);
  }
}

// Detuned saws across the stereo field, through a filter that breathes.
void play_saws(Mix& mix, const Note& note, std::uint32_t seed, const Envelope& envelope,
               double cutoff, double sweep, double vibrato, double gain) {
  Dice dice(seed);
  std::array<Oscillator, 6> saws = {Oscillator(dice.next()), Oscillator(dice.next()),
                                    Oscillator(dice.next()), Oscillator(dice.next()),
                                    Oscillator(dice.next()), Oscillator(dice.next())};
  constexpr std::array<double, 6> kDetune = {-0.11, -0.05, -0.015, 0.02, 0.06, 0.1};
  std::array<double, 6> hertz{};
  for (std::size_t i = 0; i < 6; ++i) hertz[i] = hertz_of(note.midi + kDetune[i]);
  Filter left;
  Filter right;
  const double drift = dice.between(0, kTurn);
  int age = 0;
  render(mix, note, envelope.release * 1.6, [&](double t) -> Sides {
    if (age++ % 32 == 0) {
      const double breath = 0.5 + 0.5 * std::sin(0.9 * t + drift);
      const double open =
          cutoff * (1 + sweep * (envelope.at(t, note.length_s) - 0.5) + 0.25 * breath);
      left.set(std::min(open, 16'000.0), 0.7);
      right.set(std::min(open * 1.04, 16'000.0), 0.7);
    }
    const double wave = 1 + vibrato * std::sin(kTurn * 5.3 * t) * std::min(1.0, t * 2);
    double l = 0;
    double r = 0;
    for (std::size_t i = 0; i < 6; ++i) (i % 2 == 0 ? l : r) += saws[i].saw(hertz[i] * wave);
    const double level = gain * note.velocity * envelope.at(t, note.length_s);
    const double mid = 0.35 * (l + r);
    return {level * left.low(l + mid), level * right.low(r + mid)};
  });
}

void play_fm(Mix& mix, const Note& note, double ratio, double index, double index_decay,
             double decay, double tine, double gain) {
  const double hertz = hertz_of(note.midi);
  const Envelope envelope{.attack = 0.003, .decay = decay, .level = 0, .release = 0.5};
  render(mix, note, 0.6, [=, carrier = 0.0, modulator = 0.0](double t) mutable -> Sides {
    carrier += hertz / kRate;
    modulator += hertz * ratio / kRate;
    const double depth =
        index * (0.4 + 0.8 * note.bright) * note.velocity * std::exp(-t / index_decay);
    const double ping = tine * std::exp(-t / 0.09) * std::sin(kTurn * modulator * 7.1);
    const double value = std::sin(kTurn * carrier + depth * std::sin(kTurn * modulator) + ping);
    const double sway = note.pan + 0.22 * std::sin(kTurn * 4.4 * t) * (ratio == 1 ? 1 : 0);
    return panned(gain * note.velocity * envelope.at(t, note.length_s) * value, sway);
  });
}

// Stretched partials, each with a decay of its own.
void play_partials(Mix& mix, const Note& note, std::span<const double> levels, double stretch,
                   double decay, double knock, std::uint32_t seed, double gain) {
  const double hertz = hertz_of(note.midi);
  Noise noise(seed);
  Filter hammer;
  hammer.set(std::min(9000.0, hertz * 5), 0.6);
  const double body = decay * std::pow(2.0, (60 - note.midi) / 26);
  const Envelope envelope{.attack = 0.002, .decay = 1e9, .level = 1, .release = 0.35};
  struct Partial {  // turned and shrunk from sample to sample
    double sine = 0;
    double cosine = 0;
    double turn_sine = 0;
    double turn_cosine = 0;
  };
  std::vector<Partial> partials;
  for (std::size_t n = 0; n < levels.size(); ++n) {
    const double number = static_cast<double>(n + 1);
    const double frequency = hertz * number * std::sqrt(1 + stretch * number * number);
    if (frequency > 15'000) break;
    const double level = levels[n] * (n == 0 ? 1 : 0.35 + 1.1 * note.bright * note.velocity);
    const double keep = std::exp(-(0.75 + 0.35 * number) / (body * kRate));
    const double step = kTurn * frequency / kRate;
    partials.push_back({.cosine = level,
                        .turn_sine = keep * std::sin(step),
                        .turn_cosine = keep * std::cos(step)});
  }
  render(mix, note, 0.5, [&](double t) -> Sides {
    double value = 0;
    for (Partial& p : partials) {
      const double sine = p.sine * p.turn_cosine + p.cosine * p.turn_sine;
      p.cosine = p.cosine * p.turn_cosine - p.sine * p.turn_sine;
      p.sine = sine;
      value += sine;
    }
    if (t < 0.1) value += knock * hammer.band(noise.white()) * std::exp(-t / 0.012);
    return panned(gain * note.velocity * envelope.at(t, note.length_s) * value, note.pan);
  });
}

// A plucked string after Karplus and Strong, tuned by an all-pass.
void play_string(Mix& mix, const Note& note, double damping, double sustain, std::uint32_t seed,
                 double gain) {
  const double hertz = hertz_of(note.midi);
  const double period = kRate / hertz - 0.5;
  const auto size = static_cast<std::size_t>(period);
  const double part = period - static_cast<double>(size);
  const double tune = (1 - part) / (1 + part);
  Noise noise(seed);
  Filter pick;
  pick.set(std::min(15'000.0, 900 + 9000 * note.bright * note.velocity), 0.6);
  std::vector<double> line(std::max<std::size_t>(size, 2));
  double mean = 0;
  for (double& value : line) mean += value = pick.low(noise.white());
  for (double& value : line) value -= mean / static_cast<double>(line.size());
  const double keep = std::pow(10.0, -3.0 / (hertz * sustain));
  const Envelope envelope{.attack = 0.001, .decay = 1e9, .level = 1, .release = 0.25};
  std::size_t at = 0;
  double before = 0;
  double allpass_in = 0;
  double allpass_out = 0;
  render(mix, note, 0.35, [&](double t) -> Sides {
    const double out = line[at];
    const double smoothed = keep * ((1 - damping) * out + damping * before);
    before = out;
    allpass_out = tune * (smoothed - allpass_out) + allpass_in;
    allpass_in = smoothed;
    line[at] = allpass_out;
    at = (at + 1) % line.size();
    return panned(gain * note.velocity * envelope.at(t, note.length_s) * out, note.pan);
  });
}

void play_bass(Mix& mix, const Note& note, double cutoff, double sweep, double saw_level,
               double decay, double gain) {
  const double hertz = hertz_of(note.midi);
  const Envelope envelope{.attack = 0.006, .decay = decay, .level = 0.35, .release = 0.1};
  Filter filter;
  int age = 0;
  render(
      mix, note, 0.12,
      [=, sine = Oscillator(), saw = Oscillator(),
       square = Oscillator(0.3)](double t) mutable -> Sides {
        if (age++ % 16 == 0) {
          filter.set(
              std::min(12'000.0, cutoff * (0.5 + note.bright) * (1 + sweep * std::exp(-t / 0.12))),
              0.9);
        }
        const double raw = 0.8 * sine.sine(hertz) +
                           saw_level * (saw.saw(hertz) + 0.5 * square.square(hertz / 1.0, 0.4));
        const double value = std::tanh(1.3 * filter.low(raw));
        return panned(gain * note.velocity * envelope.at(t, note.length_s) * value, note.pan * 0.2);
      });
}

void play_lead(Mix& mix, const Note& note, double width, double cutoff, double vibrato,
               double attack, double breath, std::uint32_t seed, double gain) {
  const double hertz = hertz_of(note.midi);
  const Envelope envelope{.attack = attack, .decay = 1.2, .level = 0.6, .release = 0.18};
  Filter filter;
  Filter air;
  air.set(std::min(hertz * 2, 8000.0), 2.5);
  filter.set(std::min(cutoff * (0.6 + note.bright), 14'000.0), 0.8);
  render(
      mix, note, 0.25,
      [=, a = Oscillator(), b = Oscillator(0.4), noise = Noise(seed)](double t) mutable -> Sides {
        const double wave =
            hertz * (1 + vibrato * std::sin(kTurn * 5.6 * t) * smooth(0.15, 0.6, t));
        const double raw = width > 0
                               ? 0.6 * a.square(wave, width) + 0.6 * b.square(wave * 1.004, width)
                               : a.triangle(wave) + 0.35 * b.sine(2 * wave);
        const double value = filter.low(raw) + breath * air.band(noise.white());
        return panned(gain * note.velocity * envelope.at(t, note.length_s) * value, note.pan);
      });
}

void play_organ(Mix& mix, const Note& note, double gain) {
  const double hertz = hertz_of(note.midi);
  const Envelope envelope{.attack = 0.01, .decay = 1e9, .level = 1, .release = 0.08};
  constexpr std::array<std::pair<double, double>, 6> kBars = {
      {{0.5, 0.5}, {1, 1}, {1.5, 0.5}, {2, 0.6}, {3, 0.3}, {4, 0.25}}};
  std::array<double, 6> phase{};
  render(mix, note, 0.1, [&](double t) -> Sides {
    const double turn = 1 + 0.0025 * std::sin(kTurn * 6.2 * t);
    double value = 0;
    for (std::size_t i = 0; i < kBars.size(); ++i) {
      phase[i] += hertz * kBars[i].first * turn / kRate;
      value += kBars[i].second * std::sin(kTurn * phase[i]);
    }
    return panned(gain * note.velocity * envelope.at(t, note.length_s) * value,
                  note.pan + 0.3 * std::sin(kTurn * 6.2 * t));
  });
}

// Saws through the resonances of an open mouth.
void play_choir(Mix& mix, const Note& note, std::uint32_t seed, double gain) {
  Dice dice(seed);
  std::array<Oscillator, 4> saws = {Oscillator(dice.next()), Oscillator(dice.next()),
                                    Oscillator(dice.next()), Oscillator(dice.next())};
  constexpr std::array<std::pair<double, double>, 4> kMouth = {
      {{650, 1.0}, {1080, 0.55}, {2650, 0.22}, {3300, 0.12}}};
  std::array<Filter, 8> formants;
  for (std::size_t i = 0; i < 8; ++i)
    formants[i].set(kMouth[i / 2].first * (i % 2 == 0 ? 0.98 : 1.03), 6);
  const Envelope envelope{.attack = 0.5, .decay = 1e9, .level = 1, .release = 1.2};
  const double hertz = hertz_of(note.midi);
  render(mix, note, 1.6, [&](double t) -> Sides {
    const double wave = 1 + 0.004 * std::sin(kTurn * 5.1 * t);
    const double l = saws[0].saw(hertz * 0.997 * wave) + saws[1].saw(hertz * 1.002 * wave);
    const double r = saws[2].saw(hertz * 1.004 / wave) + saws[3].saw(hertz * 0.999 * wave);
    Sides sum{0, 0};
    for (std::size_t i = 0; i < 4; ++i) {
      sum.first += kMouth[i].second * formants[2 * i].band(l);
      sum.second += kMouth[i].second * formants[2 * i + 1].band(r);
    }
    const double level = gain * note.velocity * envelope.at(t, note.length_s);
    return {level * sum.first, level * sum.second};
  });
}

}  // namespace

void play(Mix& mix, Voice voice, const Note& note, std::uint32_t seed) {
  static constexpr std::array<double, 10> kPiano = {1,    0.55, 0.34, 0.24, 0.15,
                                                    0.11, 0.08, 0.06, 0.04, 0.03};
  static constexpr std::array<double, 5> kMarimba = {1, 0.02, 0.03, 0.32, 0.02};
  const double b = note.bright;
  switch (voice) {
    case Voice::pad:
      return play_saws(mix, note, seed, {.attack = 0.7, .decay = 1e9, .level = 1, .release = 1.4},
                       350 + 1700 * b, 0.4, 0, 0.09);
    case Voice::strings:
      return play_saws(mix, note, seed, {.attack = 0.22, .decay = 3, .level = 0.8, .release = 0.6},
                       1200 + 3600 * b, 0.3, 0.004, 0.075);
    case Voice::brass:
      return play_saws(mix, note, seed,
                       {.attack = 0.07, .decay = 0.7, .level = 0.7, .release = 0.2}, 500 + 2600 * b,
                       1.4, 0.002, 0.1);
    case Voice::choir: return play_choir(mix, note, seed, 0.16);
    case Voice::epiano: return play_fm(mix, note, 1, 1.5, 0.7, 1.9, 0.35, 0.3);
    case Voice::bell: return play_fm(mix, note, 3.51, 1.7, 1.1, 2.6, 0, 0.22);
    case Voice::piano: return play_partials(mix, note, kPiano, 0.0004, 2.1, 0.5, seed, 0.24);
    case Voice::marimba: return play_partials(mix, note, kMarimba, 0, 0.5, 0.35, seed, 0.5);
    case Voice::nylon: return play_string(mix, note, 0.45, 2.4, seed, 0.62);
    case Voice::steel: return play_string(mix, note, 0.2, 4.0, seed, 0.5);
    case Voice::harp: return play_string(mix, note, 0.35, 5.5, seed, 0.55);
    case Voice::upright: return play_string(mix, note, 0.5, 1.6, seed, 1.05);
    case Voice::bass: return play_bass(mix, note, 420, 1.2, 0.28, 0.9, 0.42);
    case Voice::sub: return play_bass(mix, note, 180, 0.4, 0.05, 2.5, 0.5);
    case Voice::synth_bass: return play_bass(mix, note, 520, 3.0, 0.75, 0.35, 0.34);
    case Voice::acid: return play_bass(mix, note, 330, 7.0, 1.0, 0.25, 0.27);
    case Voice::lead: return play_lead(mix, note, 0.35, 2600, 0.005, 0.02, 0, seed, 0.13);
    case Voice::flute: return play_lead(mix, note, 0, 3200, 0.006, 0.07, 0.22, seed, 0.24);
    case Voice::chip: return play_lead(mix, note, 0.25, 9000, 0.003, 0.003, 0, seed, 0.12);
    case Voice::organ: return play_organ(mix, note, 0.1);
  }
}

void hit(Mix& mix, Drum drum, double at_s, double velocity, std::uint32_t seed) {
  Noise noise(seed);
  Filter filter;
  Filter second;
  const auto sound = [&](double length, double pan, const std::function<double(double)>& value) {
    render(mix, {.at_s = at_s, .length_s = length}, 0,
           [&](double t) { return panned(velocity * value(t), pan); });
  };
  const auto drop = [](double t, double from, double to, double fall) {  // phase of a falling tone
    return kTurn * (to * t + (from - to) * fall * (1 - std::exp(-t / fall)));
  };
  switch (drum) {
    case Drum::kick:
      return sound(0.4, 0, [&](double t) {
        return 0.95 * std::tanh(1.6 * std::sin(drop(t, 190, 48, 0.035))) * std::exp(-t / 0.14) +
               0.25 * noise.white() * std::exp(-t / 0.003);
      });
    case Drum::soft_kick:
      return sound(0.4, 0, [&](double t) {
        return 0.8 * std::sin(drop(t, 110, 46, 0.03)) * std::exp(-t / 0.13) * smooth(0, 0.004, t);
      });
    case Drum::tom:
      return sound(0.6, 0.2, [&](double t) {
        return 0.7 * std::sin(drop(t, 190, 95, 0.08)) * std::exp(-t / 0.2) +
               0.1 * noise.white() * std::exp(-t / 0.02);
      });
    case Drum::taiko:
      filter.set(260, 0.8);
      return sound(1.6, 0, [&](double t) {
        return 1.1 * std::sin(drop(t, 130, 52, 0.06)) * std::exp(-t / 0.42) +
               0.8 * filter.low(noise.white()) * std::exp(-t / 0.1);
      });
    case Drum::snare:
      filter.set(1500, 0.6);
      return sound(0.3, 0.05, [&](double t) {
        return 0.32 * std::sin(drop(t, 240, 178, 0.02)) * std::exp(-t / 0.07) +
               0.5 * filter.high(noise.white()) * std::exp(-t / 0.085);
      });
    case Drum::brush:
      filter.set(3200, 0.6);
      return sound(0.3, 0.1, [&](double t) {
        return 0.3 * filter.band(noise.white()) * smooth(0, 0.03, t) * std::exp(-t / 0.09);
      });
    case Drum::clap:
      filter.set(1250, 1.1);
      return sound(0.35, -0.08, [&](double t) {
        double bursts = 0;
        for (const double begin : {0.0, 0.011, 0.023})
          bursts += t >= begin ? std::exp(-(t - begin) / 0.006) : 0;
        return 0.75 * filter.band(noise.white()) *
               (0.8 * bursts + (t > 0.03 ? std::exp(-(t - 0.03) / 0.08) : 0));
      });
    case Drum::hat:
      filter.set(8200, 0.7);
      return sound(0.09, 0.25, [&](double t) {
        return 0.34 * filter.high(noise.white()) * std::exp(-t / 0.018);
      });
    case Drum::open_hat:
      filter.set(7600, 0.7);
      return sound(0.4, 0.25, [&](double t) {
        return 0.28 * filter.high(noise.white()) * std::exp(-t / 0.11);
      });
    case Drum::shaker:
      filter.set(6000, 1.0);
      return sound(0.12, -0.3, [&](double t) {
        return 0.26 * filter.band(noise.white()) * smooth(0, 0.025, t) * std::exp(-t / 0.035);
      });
    case Drum::tambourine:
      filter.set(9000, 3);
      second.set(6400, 4);
      return sound(0.25, 0.3, [&](double t) {
        const double w = noise.white();
        return 0.35 * (filter.band(w) + second.band(w)) * std::exp(-t / 0.06);
      });
    case Drum::rim:
      return sound(0.1, -0.2, [&](double t) {
        return 0.5 * std::sin(kTurn * 1720 * t) * std::exp(-t / 0.012) +
               0.25 * std::sin(kTurn * 430 * t) * std::exp(-t / 0.02);
      });
    case Drum::crash:
      filter.set(4200, 0.6);
      return sound(2.4, -0.2,
                   [&](double t) { return 0.3 * filter.high(noise.white()) * std::exp(-t / 0.7); });
    case Drum::ride:
      filter.set(6800, 1.4);
      return sound(0.7, -0.3, [&](double t) {
        const double metal = std::sin(kTurn * 3120 * t) * std::sin(kTurn * 4790 * t);
        return (0.1 * filter.high(noise.white()) + 0.06 * metal) * std::exp(-t / 0.2);
      });
  }
}

}  // namespace understudy::library
