#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "library/effect_sounds.h"

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// Sines with decays of their own: bells, chimes, glasses.
struct Partial {
  double ratio;
  double level;
  double decay;
};
void ring(Sketch& s, double at, double hertz, std::initializer_list<Partial> partials, double gain,
          double pan = 0) {
  for (const auto& [ratio, level, decay] : partials) {
    const double length = std::min(decay * 6, s.seconds() - at - 0.005);
    if (length <= 0) continue;
    s.sound(at, length, pan, [=, r = ratio, l = level, d = decay](double t) {
      return gain * l * std::sin(kTurn * hertz * r * t) * std::exp(-t / d) *
             smooth(0, 0.03, (length - t) / length);
    });
  }
}
void chime(Sketch& s, double at, double hertz, double gain, double decay = 0.6) {
  ring(s, at, hertz,
       {{1, 1, decay}, {2, 0.35, decay * 0.5}, {3.01, 0.2, decay * 0.3}, {5.4, 0.08, decay * 0.12}},
       gain);
}

void blip(Sketch& s, double at, double length, double hertz, double gain, bool is_square = false) {
  Oscillator wave;
  s.sound(at, length, 0, [&](double t) {
    const double ends = smooth(0, 0.006, t) * smooth(0, 0.012, length - t);
    return gain * ends * (is_square ? 0.6 * wave.square(hertz) : wave.sine(hertz));
  });
}

// A short knock of something small: filtered noise and a resonance.
void tick(Sketch& s, double at, double hertz, double decay, double gain, double pan = 0) {
  Filter filter;
  filter.set(std::min(hertz, 16'000.0), 4);
  s.sound(at, std::max(0.02, decay * 7), pan, [&](double t) {
    return gain * (filter.band(s.noise().white()) * std::exp(-t / decay) +
                   0.3 * s.noise().white() * std::exp(-t / 0.0009));
  });
}

}  // namespace

void make_click(Sketch& s) {
  tick(s, 0.005, 2900, 0.004, 1.2);
  tick(s, 0.065, 3900, 0.003, 0.7);
}
void make_pop(Sketch& s) {
  double phase = 0;
  s.sound(0.004, 0.12, 0, [&](double t) {
    phase += (360 + 900 * smooth(0, 0.05, t)) / kRate;
    return 0.8 * std::sin(kTurn * phase) * std::exp(-t / 0.022);
  });
}
void make_bubbles(Sketch& s) {
  for (int i = 0; i < 34; ++i) {
    double phase = 0;
    const double base = s.dice().between(380, 1300);
    const double length = s.dice().between(0.05, 0.12);
    s.sound(s.dice().between(0, s.seconds() - 0.2), length, s.dice().between(-0.8, 0.8),
            [&](double t) {
              phase += base * (1 + 0.9 * t / length) / kRate;
              return 0.4 * std::sin(kTurn * phase) * std::exp(-t / (length * 0.35));
            });
  }
  s.room(0.4, 0.4);
}
void make_ding(Sketch& s) {
  chime(s, 0.005, 1568, 0.6, 0.55);
  s.room(0.5, 0.3);
}
void make_notification(Sketch& s) {
  chime(s, 0.005, 1046.5, 0.5, 0.25);
  chime(s, 0.13, 1396.9, 0.55, 0.4);
  s.room(0.4, 0.3);
}
void make_message(Sketch& s) {
  play(s.mix(), Voice::marimba,
       {.at_s = 0.005, .length_s = 0.3, .midi = 79, .velocity = 0.8, .bright = 0.7}, 1);
  play(s.mix(), Voice::marimba,
       {.at_s = 0.1, .length_s = 0.3, .midi = 84, .velocity = 0.9, .bright = 0.7}, 2);
  play(s.mix(), Voice::marimba,
       {.at_s = 0.2, .length_s = 0.4, .midi = 88, .velocity = 0.8, .bright = 0.7}, 3);
  s.room(0.3, 0.25);
}
void make_success(Sketch& s) {
  constexpr std::array<double, 4> kNotes = {72, 76, 79, 84};
  for (std::size_t i = 0; i < 4; ++i) {
    play(s.mix(), Voice::bell,
         {.at_s = 0.005 + 0.09 * static_cast<double>(i),
          .length_s = 0.8,
          .midi = kNotes[i],
          .velocity = 0.7,
          .pan = -0.3 + 0.2 * static_cast<double>(i),
          .bright = 0.25},
         7 + static_cast<std::uint32_t>(i));
  }
  s.room(0.5, 0.5);
}
void make_fanfare(Sketch& s) {
  struct N {
    double at, length, midi;
  };
  constexpr std::array<N, 6> kTune = {{{0, 0.16, 67},
                                       {0.18, 0.16, 67},
                                       {0.36, 0.16, 67},
                                       {0.54, 0.4, 72},
                                       {0.98, 0.2, 69},
                                       {1.2, 1.1, 74}}};
  for (const N& n : kTune) {
    for (const double above : {0.0, 4.0, 7.0}) {
      play(s.mix(), Voice::brass,
           {.at_s = 0.01 + n.at,
            .length_s = n.length,
            .midi = n.midi + above,
            .velocity = 0.8,
            .bright = 0.75},
           static_cast<std::uint32_t>(n.midi + above));
    }
  }
  hit(s.mix(), Drum::crash, 1.2, 0.8, 9);
  s.room(0.6, 0.6);
}
void make_error(Sketch& s) {
  blip(s, 0.005, 0.16, 220, 0.5, true);
  blip(s, 0.21, 0.3, 155, 0.5, true);
}
void make_fail(Sketch& s) {
  constexpr std::array<double, 4> kNotes = {58, 57, 56, 55};
  for (std::size_t i = 0; i < 4; ++i) {
    const double length = i == 3 ? 1.1 : 0.32;
    Oscillator saw;
    Filter filter;
    const double at = 0.02 + 0.42 * static_cast<double>(i);
    s.sound(at, length + 0.08, 0, [&](double t) {
      const double wah = 0.5 - 0.5 * std::cos(kTurn * std::min(1.0, t / length) * (i == 3 ? 4 : 1));
      filter.set(350 + 1500 * wah, 2.2);
      const double vibrato = i == 3 ? 1 + 0.012 * std::sin(kTurn * 6 * t) : 1;
      return 0.35 * filter.low(saw.saw(hertz_of(kNotes[i]) * vibrato)) * smooth(0, 0.03, t) *
             smooth(0, 0.1, length + 0.08 - t);
    });
  }
  s.room(0.4, 0.35);
}
void make_beep(Sketch& s) { blip(s, 0.005, 0.28, 1000, 0.5); }
void make_countdown(Sketch& s) {
  for (int i = 0; i < 3; ++i) blip(s, 0.01 + i, 0.14, 880, 0.35);
  blip(s, 3.01, 0.6, 1760, 0.5);
}
void make_alarm(Sketch& s) {
  for (int i = 0; i < 7; ++i) {
    for (int k = 0; k < 4; ++k) blip(s, 0.02 + 0.6 * i + 0.07 * k, 0.045, 2048, 0.45, true);
  }
}
void make_siren(Sketch& s) {
  double phase = 0;
  Filter filter;
  filter.set(2600, 0.8);
  s.sound(0, s.seconds(), 0, [&](double t) {
    const double up = 0.5 - 0.5 * std::cos(kTurn * t / 1.5);
    phase += (520 + 900 * up) / kRate;
    phase -= std::floor(phase);
    return 0.5 * filter.low(std::tanh(2 * std::sin(kTurn * phase))) * smooth(0, 0.2, t) *
           smooth(0, 0.4, s.seconds() - t);
  });
  s.room(0.7, 0.5);
}
void make_doorbell(Sketch& s) {
  ring(s, 0.01, 659.3, {{1, 1, 0.7}, {2.0, 0.3, 0.4}, {2.76, 0.35, 0.35}, {5.4, 0.15, 0.15}}, 0.5,
       -0.1);
  ring(s, 0.7, 523.3, {{1, 1, 0.95}, {2.0, 0.3, 0.5}, {2.76, 0.35, 0.45}, {5.4, 0.15, 0.18}}, 0.55,
       0.1);
  s.room(0.5, 0.4);
}
void make_phone_ring(Sketch& s) {
  for (int i = 0; i < 2; ++i) {
    s.sound(0.02 + 1.6 * i, 1.05, 0, [&](double t) {
      const double clapper = 0.55 + 0.45 * std::sin(kTurn * 21 * t);
      return 0.28 * clapper *
             (std::sin(kTurn * 1330 * t) + 0.8 * std::sin(kTurn * 1740 * t) +
              0.4 * std::sin(kTurn * 3520 * t)) *
             smooth(0, 0.12, 1.05 - t);
    });
  }
  s.room(0.3, 0.25);
}
void make_dial_tone(Sketch& s) {
  constexpr std::array<std::pair<double, double>, 7> kKeys = {
      {{697, 1209}, {770, 1336}, {852, 1477}, {697, 1477}, {941, 1336}, {770, 1209}, {852, 1336}}};
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    blip(s, 0.03 + 0.24 * static_cast<double>(i), 0.15, kKeys[i].first, 0.3);
    blip(s, 0.03 + 0.24 * static_cast<double>(i), 0.15, kKeys[i].second, 0.3);
  }
}
void make_camera(Sketch& s) {
  tick(s, 0.01, 3400, 0.006, 1.1);
  tick(s, 0.016, 1500, 0.012, 0.9);
  Filter filter;
  filter.set(2400, 1);
  s.sound(0.03, 0.09, 0.1,
          [&](double t) { return 0.35 * filter.band(s.noise().white()) * smooth(0, 0.03, t); });
  tick(s, 0.115, 2600, 0.007, 1.1);
  tick(s, 0.121, 1100, 0.014, 0.8);
}
void make_typing(Sketch& s) {
  for (double at = 0.03; at < s.seconds() - 0.12; at += s.dice().between(0.07, 0.19)) {
    const double pan = s.dice().between(-0.35, 0.35);
    const double strength = s.dice().between(0.5, 1);
    tick(s, at, s.dice().between(1900, 2900), 0.005, strength, pan);
    tick(s, at + 0.012, s.dice().between(500, 800), 0.012, 0.7 * strength, pan);
    tick(s, at + s.dice().between(0.05, 0.08), s.dice().between(2800, 3800), 0.003, 0.35 * strength,
         pan);
  }
}
void make_typewriter(Sketch& s) {
  for (double at = 0.04; at < s.seconds() - 0.9; at += s.dice().between(0.1, 0.22)) {
    const double pan = s.dice().between(-0.3, 0.3);
    tick(s, at, s.dice().between(2400, 3300), 0.009, 1.1, pan);
    tick(s, at + 0.004, s.dice().between(900, 1200), 0.02, 0.9, pan);
    tick(s, at + 0.03, 4800, 0.006, 0.4, pan);
  }
  chime(s, s.seconds() - 0.75, 2350, 0.4, 0.3);
  s.room(0.2, 0.2);
}
void make_clock(Sketch& s) {
  for (int i = 0; i < static_cast<int>(s.seconds() * 2); ++i) {
    tick(s, 0.02 + 0.5 * i, i % 2 == 0 ? 2500 : 1850, 0.006, 0.9);
    tick(s, 0.026 + 0.5 * i, i % 2 == 0 ? 5200 : 4300, 0.003, 0.5);
  }
  s.room(0.25, 0.3);
}
void make_cash_register(Sketch& s) {
  for (int i = 0; i < 4; ++i) tick(s, 0.01 + 0.035 * i, 1600 + 500.0 * i, 0.008, 0.8);
  ring(s, 0.19, 2093, {{1, 1, 0.5}, {2.02, 0.6, 0.3}, {2.9, 0.35, 0.22}, {4.2, 0.2, 0.1}}, 0.5);
  for (int i = 0; i < 14; ++i) {  // the drawer and its coins
    const double at = 0.42 + 0.42 * s.dice().next();
    ring(s, at, s.dice().between(3200, 6200), {{1, 1, 0.035}, {1.53, 0.6, 0.02}}, 0.18,
         s.dice().between(-0.5, 0.5));
  }
  tick(s, 0.4, 420, 0.03, 0.9);
  s.room(0.3, 0.25);
}
void make_coin(Sketch& s) {
  blip(s, 0.005, 0.075, 987.8, 0.4, true);
  Oscillator wave;
  s.sound(0.08, 0.55, 0, [&](double t) { return 0.3 * wave.square(1318.5) * std::exp(-t / 0.17); });
}
void make_school_bell(Sketch& s) {
  s.sound(0.01, s.seconds() - 0.3, 0, [&](double t) {
    const double strokes = 0.35 + 0.65 * std::exp(-std::fmod(t, 0.055) / 0.02);
    return 0.2 * strokes *
           (std::sin(kTurn * 1180 * t) + 0.9 * std::sin(kTurn * 1905 * t) +
            0.7 * std::sin(kTurn * 2960 * t) + 0.4 * std::sin(kTurn * 4350 * t));
  });
  s.room(0.7, 0.6);
}
void make_church_bell(Sketch& s) {
  for (const double at : {0.02, 2.3}) {
    ring(s, at, 233,
         {{0.5, 0.6, 1.6},
          {1, 1, 1.2},
          {1.2, 0.7, 0.9},
          {1.5, 0.4, 0.7},
          {2, 0.8, 0.8},
          {2.67, 0.35, 0.4},
          {3.01, 0.25, 0.3},
          {4.2, 0.2, 0.15}},
         0.26);
  }
  s.room(0.95, 0.9);
}
void make_game_jump(Sketch& s) {
  Oscillator wave;
  s.sound(0.004, 0.28, 0, [&](double t) {
    return 0.4 * wave.square(260 * std::exp2(t * 5.5), 0.3) * smooth(0, 0.1, 0.28 - t);
  });
}
void make_robot(Sketch& s) {
  for (int i = 0; i < 7; ++i) {
    Oscillator wave;
    Oscillator slow;
    const double from = s.dice().between(180, 900);
    const double to = s.dice().between(180, 1400);
    const double length = s.dice().between(0.08, 0.26);
    s.sound(0.03 + 0.27 * i, length, s.dice().between(-0.3, 0.3), [&](double t) {
      const double u = t / length;
      return 0.4 * wave.square(from + (to - from) * u, 0.3) * (0.6 + 0.4 * slow.square(38)) *
             smooth(0, 0.1, u) * smooth(0, 0.1, 1 - u);
    });
  }
  s.room(0.2, 0.2);
}
void make_static(Sketch& s) {
  Filter filter;
  filter.set(2600, 0.7);
  s.sound(0, s.seconds(), 0, [&](double t) {
    const double swell = 0.35 + 0.65 * noise(t * 9, 0.5, 4);
    const double spit = noise(t * 130, 1.5, 5) > 0.72 ? 1.5 : 1;
    return 0.4 * filter.band(s.noise().white()) * swell * spit + 0.05 * std::sin(kTurn * 50 * t);
  });
}

}  // namespace understudy::library
