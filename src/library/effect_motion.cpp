#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "library/effect_sounds.h"

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

double bell(double x, double middle, double width) {
  return std::exp(-(x - middle) * (x - middle) / (2 * width * width));
}

// Air that passes from one side to the other.
void pass(Sketch& s, double low, double high, double width, double resonance, double gain) {
  Filter left;
  Filter right;
  Noise other(s.seed() + 5);
  for (std::int64_t i = 0; i < s.mix().frames(); ++i) {
    const double u = static_cast<double>(i) / static_cast<double>(s.mix().frames());
    const double body = bell(u, 0.5, width);
    const double hertz = low + (high - low) * bell(u, 0.52, width * 1.2);
    if (i % 16 == 0) {
      left.set(hertz, resonance);
      right.set(hertz * 1.06, resonance);
    }
    const double ends = smooth(0, 0.04, u) * smooth(0, 0.06, 1 - u);
    const double side = 0.5 + 0.42 * std::tanh((u - 0.5) * 5);
    s.mix().add(i, gain * ends * body * (1 - side) * 1.6 * left.band(s.noise().pink() * 4),
                gain * ends * body * side * 1.6 * right.band(other.pink() * 4));
  }
}

// A tone that glides; `at` and `to` in Hz.
void glide(Sketch& s, double at, double length, double from, double to, double power, double gain,
           double pan = 0) {
  double phase = 0;
  s.sound(at, length, pan, [&](double t) {
    const double u = t / length;
    phase += (from * std::pow(to / from, std::pow(u, power))) / kRate;
    return gain * std::sin(kTurn * phase) * smooth(0, 0.02, u) * smooth(0, 0.25, 1 - u);
  });
}

void thump(Sketch& s, double at, double from, double to, double fall, double decay, double gain) {
  s.sound(at, decay * 6, 0, [=](double t) {
    const double phase = to * t + (from - to) * fall * (1 - std::exp(-t / fall));
    return gain * std::tanh(1.8 * std::sin(kTurn * phase)) * std::exp(-t / decay);
  });
}

void burst(Sketch& s, double at, double hertz, double decay, double gain, double resonance = 0.6) {
  Filter filter;
  filter.set(hertz, resonance);
  s.sound(at, decay * 6, 0,
          [&](double t) { return gain * filter.low(s.noise().white()) * std::exp(-t / decay); });
}

}  // namespace

void make_whoosh(Sketch& s) { pass(s, 250, 2600, 0.16, 1.6, 1); }
void make_fast_whoosh(Sketch& s) { pass(s, 600, 5200, 0.13, 2.4, 1); }
void make_deep_whoosh(Sketch& s) { pass(s, 90, 700, 0.19, 1.2, 1); }
void make_swipe(Sketch& s) { pass(s, 1800, 7800, 0.12, 1.1, 0.9); }

void make_riser(Sketch& s) {
  Filter filter;
  const double length = s.seconds() - 0.6;
  s.sound(0, length, 0, [&](double t) {
    const double u = t / length;
    filter.set(200 * std::pow(45, u), 3);
    return 0.9 * u * u * filter.band(s.noise().white());
  });
  for (int i = 0; i < 3; ++i)
    glide(s, 0, length, 110.0 * (1 + 0.51 * i), 880.0 * (1 + 0.51 * i), 1.4, 0.14, -0.5 + 0.5 * i);
  s.room(0.7, 0.7);
}

void make_tension_riser(Sketch& s) {
  const double length = s.seconds() - 0.5;
  for (int i = 0; i < 5; ++i) {
    Oscillator saw(0.13 * i);
    Filter filter;
    s.sound(0, length, -0.6 + 0.3 * i, [&](double t) {
      const double u = t / length;
      filter.set(300 + 5000 * u * u, 1.2);
      const double tremble = 0.6 + 0.4 * std::sin(kTurn * (4 + 14 * u) * t);
      return 0.16 * (0.15 + u) * tremble *
             filter.low(saw.saw(98 * (1 + 0.498 * i) * std::exp2(u * 0.9) * (1 + 0.004 * i)));
    });
  }
  s.room(0.85, 1);
}

void make_downlifter(Sketch& s) {
  Filter filter;
  const double length = s.seconds();
  s.sound(0, length, 0, [&](double t) {
    const double u = t / length;
    filter.set(8000 * std::pow(0.02, u), 2);
    return 0.9 * std::exp(-2.2 * u) * filter.band(s.noise().white());
  });
  glide(s, 0, length, 900, 70, 0.6, 0.3);
  s.room(0.8, 0.8);
}

void make_impact(Sketch& s) {
  thump(s, 0.01, 160, 42, 0.05, 0.34, 0.9);
  burst(s, 0.01, 2400, 0.09, 0.9);
  burst(s, 0.01, 500, 0.4, 0.5);
  s.room(0.85, 0.5);
}
void make_soft_impact(Sketch& s) {
  thump(s, 0.01, 90, 48, 0.05, 0.2, 0.8);
  burst(s, 0.01, 300, 0.1, 0.6);
  s.room(0.5, 0.5);
}
void make_boom(Sketch& s) {
  thump(s, 0.02, 95, 31, 0.2, 0.75, 1);
  burst(s, 0.02, 160, 0.5, 0.9);
  s.room(0.9, 0.25);
}
void make_explosion(Sketch& s) {
  thump(s, 0.02, 140, 34, 0.12, 0.5, 0.8);
  Filter filter;
  s.sound(0.02, s.seconds() - 0.1, 0, [&](double t) {
    filter.set(120 + 5200 * std::exp(-t / 0.16), 0.7);
    const double rubble = 1 + 0.7 * noise(t * 23, 0.5, 9);
    return 1.4 * filter.low(s.noise().white()) * rubble *
           (std::exp(-t / 0.55) + 0.25 * std::exp(-t / 1.2));
  });
  for (int i = 0; i < 26; ++i)
    burst(s, 0.3 + 1.7 * s.dice().next(), s.dice().between(800, 4000), 0.012, 0.35);
  s.room(0.9, 0.9);
}

void make_glitch(Sketch& s) {
  for (double at = 0; at < s.seconds() - 0.12;) {
    const double length = s.dice().between(0.015, 0.09);
    const double hertz = 80 * std::exp2(s.dice().between(0, 6));
    const int kind = s.dice().whole(0, 3);
    Oscillator wave;
    const double steps = s.dice().between(4, 30);
    s.sound(at, length, s.dice().between(-0.7, 0.7), [&](double t) {
      if (kind == 0) return 0.5 * s.noise().white();
      if (kind == 1) return 0.45 * wave.square(hertz);
      return 0.5 * std::round(wave.sine(hertz * (1 + t * steps)) * 4) / 4;
    });
    at += length * s.dice().between(0.5, 1.9);
  }
}
void make_laser(Sketch& s) {
  Oscillator wave;
  s.sound(0, 0.42, 0, [&](double t) {
    return 0.6 * wave.saw(180 + 3200 * std::exp(-t / 0.06)) * std::exp(-t / 0.13);
  });
  s.room(0.5, 0.5);
}
void make_zap(Sketch& s) {
  Filter filter;
  filter.set(3200, 1.2);
  Oscillator hum;
  s.sound(0, s.seconds() - 0.05, 0, [&](double t) {
    const double arc = noise(t * 90, 0.5, 3) > 0.46 ? 1.0 : 0.12;
    return (0.8 * filter.band(s.noise().white()) + 0.35 * hum.square(100, 0.2)) * arc *
           smooth(0, 0.3, s.seconds() - t);
  });
}
void make_power_up(Sketch& s) {
  Oscillator wave;
  Filter filter;
  s.sound(0, s.seconds() - 0.1, 0, [&](double t) {
    const double u = t / s.seconds();
    filter.set(300 + 5000 * u, 1.5);
    return 0.5 *
           filter.low(wave.saw(70 * std::exp2(3.2 * u) * (1 + 0.01 * std::sin(kTurn * 14 * t)))) *
           smooth(0, 0.5, u);
  });
  s.room(0.5, 0.5);
}
void make_power_down(Sketch& s) {
  Oscillator wave;
  Filter filter;
  s.sound(0, s.seconds() - 0.05, 0, [&](double t) {
    const double u = t / s.seconds();
    filter.set(5000 * std::exp(-3 * u) + 120, 1.5);
    return 0.5 * filter.low(wave.saw(420 * std::exp2(-3.6 * u))) * smooth(0, 0.35, 1 - u);
  });
  s.room(0.5, 0.4);
}
void make_magic(Sketch& s) {
  constexpr std::array<int, 5> kScale = {0, 4, 7, 9, 14};
  for (int i = 0; i < 26; ++i) {
    const double u = i / 26.0;
    play(s.mix(), Voice::bell,
         {.at_s = 0.03 + 1.05 * u,
          .length_s = 0.5,
          .midi = 76.0 + kScale[static_cast<std::size_t>(i) % 5] + 12 * (i / 10),
          .velocity = 0.35 + 0.4 * u,
          .pan = s.dice().between(-0.8, 0.8),
          .bright = 0.3},
         s.seed() + static_cast<std::uint32_t>(i));
  }
  Filter filter;
  filter.set(9000, 1);
  s.sound(0, 1.4, 0,
          [&](double t) { return 0.07 * filter.high(s.noise().white()) * bell(t, 1.0, 0.3); });
  s.room(0.85, 1);
}
void make_boing(Sketch& s) {
  double phase = 0;
  s.sound(0, s.seconds() - 0.05, 0, [&](double t) {
    const double wobble = 1 + 0.45 * std::exp(-t / 0.35) * std::sin(kTurn * 13 * t);
    phase += 210 * wobble * (1 + 0.5 * t) / kRate;
    return 0.6 * (std::sin(kTurn * phase) + 0.4 * std::sin(2 * kTurn * phase)) * std::exp(-t / 0.3);
  });
}
void make_slide_whistle(Sketch& s) {
  double phase = 0;
  Filter air;
  air.set(2500, 2);
  s.sound(0, s.seconds() - 0.05, 0, [&](double t) {
    const double u = t / s.seconds();
    phase += (1500 - 1150 * u * u) * (1 + 0.01 * std::sin(kTurn * 6 * t)) / kRate;
    return (0.5 * std::sin(kTurn * phase) + 0.08 * air.band(s.noise().white())) *
           smooth(0, 0.05, t) * smooth(0, 0.2, 1 - u);
  });
  s.room(0.3, 0.3);
}
void make_punch(Sketch& s) {
  thump(s, 0.005, 220, 60, 0.02, 0.07, 0.9);
  burst(s, 0.005, 1800, 0.03, 1.1);
  s.room(0.2, 0.2);
}
void make_sword(Sketch& s) {
  Filter filter;
  s.sound(0, 0.25, -0.3, [&](double t) {
    filter.set(1500 + 9000 * t / 0.25, 2);
    return 0.6 * filter.band(s.noise().white()) * bell(t, 0.14, 0.05);
  });
  for (int i = 0; i < 9; ++i) {
    const double hertz = 2100 * (1 + 0.37 * i) * s.dice().between(0.98, 1.02);
    s.sound(0.14, 1.2, 0.2, [=](double t) {
      return 0.13 * std::sin(kTurn * hertz * t) * std::exp(-t / (0.5 - 0.035 * i));
    });
  }
  s.room(0.5, 0.4);
}
void make_record_scratch(Sketch& s) {
  Filter filter;
  const auto stroke = [&](double at, double length, double from, double to) {
    double phase = 0;
    s.sound(at, length, 0, [&](double t) {
      const double u = t / length;
      const double speed = from + (to - from) * u;
      filter.set(std::clamp(2600 * speed, 200.0, 9000.0), 2.2);
      phase += 190 * speed / kRate;
      const double groove = std::sin(kTurn * phase) + 0.6 * std::sin(kTurn * phase * 2.7);
      return 0.8 * filter.band(s.noise().white() + 0.8 * groove) * std::sin(std::numbers::pi * u);
    });
  };
  stroke(0.02, 0.16, 0.5, 2.4);
  stroke(0.2, 0.2, 2.6, 0.4);
  stroke(0.44, 0.34, 0.5, 3.2);
}
void make_tape_stop(Sketch& s) {
  double phase = 0;
  Filter filter;
  s.sound(0, s.seconds() - 0.05, 0, [&](double t) {
    const double speed = std::pow(std::max(0.0, 1 - t / (s.seconds() - 0.1)), 1.3);
    phase += 220 * speed / kRate;
    filter.set(std::max(60.0, 4200 * speed), 0.7);
    double chord = 0;
    for (const double ratio : {1.0, 1.26, 1.5, 2.0})
      chord += 2 * (phase * ratio - std::floor(phase * ratio)) - 1;
    return 0.22 * filter.low(chord) * smooth(0, 0.2, speed);
  });
}
void make_drum_roll(Sketch& s) {
  const double end = s.seconds() - 1.3;
  for (double at = 0.02; at < end; at += 0.042) {
    hit(s.mix(), Drum::snare, at + s.dice().between(-0.004, 0.004), 0.35 + 0.5 * at / end,
        s.seed() + static_cast<std::uint32_t>(at * 1000));
  }
  hit(s.mix(), Drum::kick, end, 0.9, 3);
  hit(s.mix(), Drum::crash, end, 1.3, 4);
  hit(s.mix(), Drum::snare, end, 0.9, 5);
  s.room(0.6, 0.5);
}
void make_rimshot(Sketch& s) {
  hit(s.mix(), Drum::snare, 0.02, 0.9, 1);
  hit(s.mix(), Drum::tom, 0.24, 1.1, 2);
  hit(s.mix(), Drum::kick, 0.5, 0.8, 3);
  hit(s.mix(), Drum::crash, 0.5, 1.4, 4);
  s.room(0.3, 0.3);
}

}  // namespace understudy::library
