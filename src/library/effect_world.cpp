#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "library/effect_sounds.h"

namespace understudy::library {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// Noise through two filters that move, different on each side; for weather and crowds.
template <class Level, class Hertz>
void wash(Sketch& s, const Level& level, const Hertz& hertz, double resonance, double gain) {
  Noise left(s.seed() + 11);
  Noise right(s.seed() + 12);
  Filter l;
  Filter r;
  for (std::int64_t i = 0; i < s.mix().frames(); ++i) {
    const double t = static_cast<double>(i) / kRate;
    if (i % 32 == 0) {
      l.set(hertz(t), resonance);
      r.set(hertz(t) * 1.05, resonance);
    }
    const double volume = gain * level(t);
    s.mix().add(i, volume * l.band(left.white()), volume * r.band(right.white()));
  }
}

// A slow change that comes back to where it began after `seconds`, so that a loop stays one.
double sway(double t, double seconds, int waves, double shift) {
  return 0.5 + 0.5 * std::sin(kTurn * (waves * t / seconds + shift));
}

void knock(Sketch& s, double at, double hertz, double decay, double gain, double pan = 0) {
  Filter filter;
  filter.set(hertz, 3);
  s.sound(at, std::max(0.03, decay * 8), pan, [&](double t) {
    return gain * (1.6 * filter.band(s.noise().white()) * std::exp(-t / decay) +
                   0.5 * std::sin(kTurn * hertz * 0.7 * t) * std::exp(-t / (decay * 1.6)));
  });
}

void drop(Sketch& s, double at, double hertz, double gain, double pan) {
  double phase = 0;
  s.sound(at, 0.16, pan, [&](double t) {
    phase += hertz * (1 + 1.3 * t / 0.16) / kRate;
    return gain * std::sin(kTurn * phase) * std::exp(-t / 0.03);
  });
}

void clap_hands(Sketch& s, double at, double gain) {
  Filter filter;
  filter.set(s.dice().between(800, 2100), s.dice().between(1, 2.2));
  const double decay = s.dice().between(0.006, 0.016);
  s.sound(at, 0.09, s.dice().between(-0.95, 0.95),
          [&](double t) { return gain * filter.band(s.noise().white()) * std::exp(-t / decay); });
}

// A voice out of a crowd: a buzz through the shape of an open mouth.
void shout(Sketch& s, double at, double length, double hertz, double gain, double pan) {
  Oscillator saw(s.dice().next());
  Filter first;
  Filter second;
  first.set(s.dice().between(650, 850), 5);
  second.set(s.dice().between(1150, 1700), 6);
  const double bend = s.dice().between(0.05, 0.35);
  s.sound(at, length, pan, [&](double t) {
    const double u = t / length;
    const double raw = saw.saw(hertz * (1 + bend * std::sin(std::numbers::pi * u)) *
                               (1 + 0.01 * std::sin(kTurn * 6 * t))) +
                       0.2 * s.noise().white();
    return gain * (first.band(raw) + 0.6 * second.band(raw)) *
           std::sin(std::numbers::pi * std::sqrt(u));
  });
}

void motor(Sketch& s, double hertz_from, double hertz_to, double rough, double gain) {
  double phase = 0;
  Filter filter;
  filter.set(900, 0.8);
  s.sound(0, s.seconds(), 0, [&](double t) {
    const double u = t / s.seconds();
    phase += (hertz_from + (hertz_to - hertz_from) * u) *
             (1 + 0.02 * (noise(t * 7, 0.5, s.seed()) - 0.5)) / kRate;
    const double stroke = std::pow(std::abs(std::sin(std::numbers::pi * phase)), 6);
    const double half = 0.5 * std::pow(std::abs(std::sin(std::numbers::pi * phase * 0.5)), 8);
    return gain * filter.low((stroke + half) * (1 + rough * s.noise().white()) - 0.35);
  });
}

}  // namespace

void make_rain(Sketch& s) {
  wash(
      s, [&](double t) { return 0.3 + 0.06 * sway(t, s.seconds(), 2, 0.1); },
      [](double) { return 5200.0; }, 0.6, 0.8);
  wash(
      s, [](double) { return 0.16; }, [](double) { return 900.0; }, 0.7, 0.8);
  for (int i = 0; i < 420; ++i)
    drop(s, s.dice().between(0, s.seconds()), s.dice().between(1200, 4200),
         s.dice().between(0.02, 0.09), s.dice().between(-1, 1));
}
void make_thunder(Sketch& s) {
  Filter filter;
  s.sound(0.03, s.seconds() - 0.1, 0, [&](double t) {
    filter.set(90 + 2600 * std::exp(-t / 0.1) + 200 * std::exp(-t / 1.2), 0.7);
    const double roll = 0.35 + 0.9 * noise(t * 5.5, 0.5, 21) + 0.5 * noise(t * 17, 1.5, 22);
    return 1.3 * filter.low(s.noise().white()) * roll *
           (std::exp(-t / 0.25) + 0.7 * std::exp(-t / 1.6)) * smooth(0, 0.02, t);
  });
  s.room(1, 1);
}
void make_wind(Sketch& s) {
  const double all = s.seconds();
  wash(
      s, [=](double t) { return 0.2 + 0.7 * sway(t, all, 2, 0.6) * sway(t, all, 3, 0.2); },
      [=](double t) { return 280 + 620 * sway(t, all, 2, 0.6) * sway(t, all, 5, 0.4); }, 2.6, 0.9);
  wash(
      s, [=](double t) { return 0.3 * sway(t, all, 3, 0.2); }, [](double) { return 160.0; }, 0.7,
      0.9);
}
void make_waves(Sketch& s) {
  const double all = s.seconds();
  wash(
      s, [=](double t) { return 0.08 + 0.75 * std::pow(sway(t, all, 2, 0.75), 2.5); },
      [=](double t) { return 500 + 2600 * std::pow(sway(t, all, 2, 0.7), 2); }, 0.6, 0.8);
  wash(
      s, [=](double t) { return 0.4 * std::pow(sway(t, all, 2, 0.8), 3); },
      [](double) { return 180.0; }, 0.7, 1);
}
void make_stream(Sketch& s) {
  wash(
      s, [](double) { return 0.12; }, [](double) { return 1500.0; }, 0.7, 0.8);
  for (int i = 0; i < 900; ++i)
    drop(s, s.dice().between(0, s.seconds()), s.dice().between(420, 1900),
         s.dice().between(0.03, 0.13), s.dice().between(-0.9, 0.9));
}
void make_water_drop(Sketch& s) {
  drop(s, 0.01, 720, 0.7, 0);
  drop(s, 0.16, 1050, 0.25, 0.1);
  s.room(0.8, 0.8);
}
void make_fire(Sketch& s) {
  const double all = s.seconds();
  wash(
      s, [=](double t) { return 0.35 + 0.15 * sway(t, all, 5, 0.3); }, [](double) { return 240.0; },
      0.6, 0.8);
  for (int i = 0; i < 260; ++i) {
    const double at = s.dice().between(0, all);
    Filter filter;
    filter.set(s.dice().between(1200, 6500), 2.5);
    const double decay = 0.001 + 0.007 * std::pow(s.dice().next(), 3);
    const double gain = 0.1 + 0.75 * std::pow(s.dice().next(), 4);
    s.sound(at, 0.06, s.dice().between(-0.6, 0.6),
            [&](double t) { return gain * filter.band(s.noise().white()) * std::exp(-t / decay); });
  }
}
void make_birds(Sketch& s) {
  wash(
      s, [](double) { return 0.02; }, [](double) { return 3000.0; }, 0.6, 1);
  for (int bird = 0; bird < 4; ++bird) {
    const double base = s.dice().between(2300, 4600);
    const double pan = s.dice().between(-0.9, 0.9);
    const double gain = s.dice().between(0.12, 0.3);
    for (double at = s.dice().between(0.1, 1.6); at < s.seconds() - 1;
         at += s.dice().between(1.1, 2.6)) {
      const int notes = s.dice().whole(2, 7);
      const double jump = s.dice().between(-0.3, 0.5);
      for (int i = 0; i < notes; ++i) {
        double phase = 0;
        const double length = s.dice().between(0.05, 0.11);
        s.sound(at + 0.12 * i, length, pan, [&](double t) {
          const double u = t / length;
          phase += base * (1 + jump * u + 0.06 * std::sin(kTurn * 32 * t)) / kRate;
          return gain * std::sin(kTurn * phase) * std::sin(std::numbers::pi * u);
        });
      }
    }
  }
  s.room(0.7, 0.6);
}
void make_crickets(Sketch& s) {
  for (int i = 0; i < 5; ++i) {
    const double hertz = 3900 + 260.0 * i + s.dice().between(-80, 80);
    const double gain = s.dice().between(0.06, 0.16);
    const double pan = s.dice().between(-0.9, 0.9);
    const double pause = s.dice().between(0.42, 0.75);
    for (double at = s.dice().between(0, 0.5); at < s.seconds() - 0.3; at += pause) {
      s.sound(at, 0.22, pan, [=](double t) {
        return gain * std::sin(kTurn * hertz * t) *
               std::pow(std::abs(std::sin(std::numbers::pi * 29 * t)), 2) *
               std::sin(std::numbers::pi * t / 0.22);
      });
    }
  }
  wash(
      s, [](double) { return 0.012; }, [](double) { return 5000.0; }, 0.7, 1);
}
void make_dog(Sketch& s) {
  for (const double at : {0.02, 0.5}) {
    Oscillator saw;
    Filter first;
    Filter second;
    s.sound(at, 0.26, 0, [&](double t) {
      const double u = t / 0.26;
      first.set(600 + 500 * std::sin(std::numbers::pi * u), 3.5);
      second.set(1500 + 500 * std::sin(std::numbers::pi * u), 4);
      const double raw = saw.saw(210 + 190 * std::sin(std::numbers::pi * std::pow(u, 0.6))) *
                             (1 + 0.5 * s.noise().white()) +
                         0.35 * s.noise().white();
      return 0.7 * (first.band(raw) + 0.5 * second.band(raw)) *
             std::pow(std::sin(std::numbers::pi * std::pow(u, 0.5)), 0.8);
    });
  }
  s.room(0.4, 0.3);
}
void make_heartbeat(Sketch& s) {
  for (double at = 0.05; at < s.seconds() - 0.6; at += 0.9) {
    for (const auto& [later, gain, hertz] :
         {std::tuple{0.0, 0.9, 58.0}, std::tuple{0.26, 0.65, 68.0}}) {
      s.sound(at + later, 0.22, 0, [g = gain, h = hertz](double t) {
        return g * (std::sin(kTurn * h * t) + 0.35 * std::sin(kTurn * 2 * h * t)) *
               std::exp(-t / 0.055) * smooth(0, 0.01, t);
      });
    }
  }
  s.room(0.3, 0.3);
}
void make_applause(Sketch& s) {
  const double all = s.seconds();
  for (int i = 0; i < 2600; ++i) {
    const double at = s.dice().between(0, all - 0.1);
    const double crowd = smooth(0, 0.9, at) * smooth(0, 2.2, all - at);
    clap_hands(s, at, 0.3 * crowd * s.dice().between(0.3, 1));
  }
  s.room(0.75, 0.7);
}
void make_cheer(Sketch& s) {
  const double all = s.seconds();
  const auto crowd = [all](double t) { return smooth(0, 0.5, t) * smooth(0, 2, all - t); };
  for (int i = 0; i < 150; ++i) {
    const double at = s.dice().between(0, all - 1.4);
    shout(s, at, s.dice().between(0.5, 1.4), s.dice().between(150, 430),
          0.09 * (0.3 + crowd(at + 0.5)), s.dice().between(-0.95, 0.95));
  }
  for (int i = 0; i < 900; ++i) {
    const double at = s.dice().between(0, all - 0.1);
    clap_hands(s, at, 0.16 * crowd(at) * s.dice().between(0.3, 1));
  }
  for (int i = 0; i < 4; ++i) {  // whistles
    double phase = 0;
    const double at = s.dice().between(0.4, all - 1.4);
    const double base = s.dice().between(1700, 2400);
    s.sound(at, 0.7, s.dice().between(-0.8, 0.8), [&](double t) {
      const double u = t / 0.7;
      phase += base * (1 + 0.35 * std::sin(kTurn * u)) / kRate;
      return 0.06 * std::sin(kTurn * phase) * std::sin(std::numbers::pi * u);
    });
  }
  wash(
      s, [&](double t) { return 0.12 * crowd(t); }, [](double) { return 1000.0; }, 0.7, 1);
  s.room(0.85, 0.9);
}
void make_footsteps(Sketch& s) {
  int i = 0;
  for (double at = 0.04; at < s.seconds() - 0.3; at += 0.53, ++i) {
    const double pan = i % 2 == 0 ? -0.15 : 0.15;
    knock(s, at, i % 2 == 0 ? 190 : 210, 0.016, 0.8, pan);
    knock(s, at + 0.055, 900, 0.01, 0.35, pan);
    knock(s, at + 0.004, 2300, 0.004, 0.3, pan);
  }
  s.room(0.35, 0.35);
}
void make_knock(Sketch& s) {
  for (const double at : {0.02, 0.24, 0.46}) {
    knock(s, at, 240, 0.02, 1);
    knock(s, at, 780, 0.008, 0.6);
  }
  s.room(0.3, 0.3);
}
void make_door_close(Sketch& s) {
  knock(s, 0.03, 95, 0.07, 1.1);
  knock(s, 0.03, 420, 0.03, 0.8);
  knock(s, 0.09, 2200, 0.006, 0.5);
  knock(s, 0.11, 3100, 0.004, 0.35);
  s.room(0.5, 0.55);
}
void make_door_creak(Sketch& s) {
  double phase = 0;
  Filter first;
  Filter second;
  first.set(820, 9);
  second.set(1730, 10);
  s.sound(0.02, s.seconds() - 0.1, 0, [&](double t) {
    const double u = t / s.seconds();
    const double hertz = 34 + 70 * noise(t * 2.1, 0.5, 31) + 40 * std::sin(std::numbers::pi * u);
    phase += hertz / kRate;
    const double slip =
        std::pow(1 - (phase - std::floor(phase)), 6) * (0.6 + 0.4 * s.noise().white());
    return 0.8 * (first.band(slip) + 0.7 * second.band(slip)) * smooth(0, 0.15, u) *
           smooth(0, 0.2, 1 - u);
  });
  s.room(0.5, 0.4);
}
void make_glass(Sketch& s) {
  s.sound(0.01, 0.12, 0, [&](double t) { return 0.8 * s.noise().white() * std::exp(-t / 0.012); });
  for (int i = 0; i < 70; ++i) {
    const double at = 0.012 + 0.9 * std::pow(s.dice().next(), 2.2);
    const double hertz = s.dice().between(2400, 9500);
    const double decay = s.dice().between(0.015, 0.12);
    const double gain = s.dice().between(0.05, 0.22) * (1.1 - at);
    s.sound(at, 0.4, s.dice().between(-0.8, 0.8), [=](double t) {
      return gain * (std::sin(kTurn * hertz * t) + 0.5 * std::sin(kTurn * hertz * 1.62 * t)) *
             std::exp(-t / decay);
    });
  }
  s.room(0.4, 0.35);
}
void make_paper(Sketch& s) {
  Filter filter;
  filter.set(4200, 0.8);
  s.sound(0, s.seconds() - 0.05, 0, [&](double t) {
    const double u = t / s.seconds();
    const double grip =
        std::pow(noise(t * 31, 0.5, 41), 2) * (noise(t * 120, 1.5, 42) > 0.45 ? 1 : 0.25);
    return 1.1 * filter.band(s.noise().white()) * grip *
           std::sin(std::numbers::pi * std::pow(u, 0.6));
  });
}
void make_car_pass(Sketch& s) {
  const double all = s.seconds();
  const auto near = [all](double t) { return 1 / (1 + std::pow((t - all / 2) / 0.55, 2)); };
  double phase = 0;
  Filter tyre;
  tyre.set(1100, 0.7);
  for (std::int64_t i = 0; i < s.mix().frames(); ++i) {
    const double t = static_cast<double>(i) / kRate;
    const double shift = 1 - 0.09 * std::tanh((t - all / 2) / 0.35);  // Doppler
    phase += 92 * shift / kRate;
    if (i % 64 == 0) tyre.set(1100 * shift, 0.7);
    const double engine = 0.4 * (std::sin(kTurn * phase) + 0.6 * std::sin(kTurn * 2 * phase) +
                                 0.3 * std::sin(kTurn * 3.01 * phase));
    const double ends = smooth(0, 0.5, t) * smooth(0, 0.6, all - t);
    s.mix().add_panned(i, ends * near(t) * (engine + 0.9 * tyre.band(s.noise().white())),
                       std::tanh((t - all / 2) * 1.6) * 0.85);
  }
}
void make_car_horn(Sketch& s) {
  for (const auto& [at, length] : {std::pair{0.02, 0.22}, std::pair{0.34, 0.75}}) {
    Oscillator low;
    Oscillator high;
    Filter filter;
    filter.set(2300, 1);
    s.sound(at, length, 0, [&, l = length](double t) {
      return 0.4 * filter.low(low.saw(349) + high.saw(440)) * smooth(0, 0.02, t) *
             smooth(0, 0.04, l - t);
    });
  }
  s.room(0.45, 0.3);
}
void make_engine(Sketch& s) {
  for (const double at : {0.05, 0.27, 0.49}) knock(s, at, 150, 0.05, 0.7);
  double phase = 0;
  Filter filter;
  filter.set(700, 0.8);
  s.sound(0.7, s.seconds() - 0.75, 0, [&](double t) {
    const double hertz =
        22 + 38 * std::exp(-t / 0.5) * smooth(0, 0.2, t) + 3 * noise(t * 4, 0.5, 8);
    phase += hertz / kRate;
    const double stroke =
        std::pow(std::abs(std::sin(std::numbers::pi * phase)), 5) * (1 + 0.4 * s.noise().white());
    return 1.1 * filter.low(stroke - 0.3) * smooth(0, 0.15, t) *
           smooth(0, 0.5, s.seconds() - 0.75 - t);
  });
}
void make_train(Sketch& s) {
  wash(
      s, [](double) { return 0.25; }, [](double) { return 220.0; }, 0.6, 1);
  for (double at = 0; at < s.seconds() - 0.5; at += 0.75) {
    for (const double later : {0.0, 0.13}) {
      knock(s, at + later, 130, 0.05, 0.9, -0.2);
      knock(s, at + later, 1500, 0.012, 0.4, 0.2);
    }
  }
  s.room(0.4, 0.3);
}
void make_plane(Sketch& s) {
  const double all = s.seconds();
  const auto near = [all](double t) {
    return std::exp(-std::pow((t - all * 0.55) / (all * 0.24), 2));
  };
  wash(
      s, [&](double t) { return near(t) * smooth(0, 0.4, all - t); },
      [&](double t) { return 300 + 900 * near(t) * (t < all * 0.55 ? 1.3 : 0.8); }, 0.7, 0.9);
  double phase = 0;
  s.sound(0, all, 0, [&](double t) {
    phase += (1500 - 350 * std::tanh((t - all * 0.55) / 0.8)) / kRate;
    return 0.06 * near(t) * std::sin(kTurn * phase);
  });
}
void make_rocket(Sketch& s) {
  const double all = s.seconds();
  Filter filter;
  s.sound(0, all, 0, [&](double t) {
    const double u = t / all;
    filter.set(180 + 1500 * std::sin(std::numbers::pi * std::min(1.0, u * 1.2)), 0.7);
    const double crackle = 0.7 + 0.8 * noise(t * 60, 0.5, 14);
    return 0.9 * filter.low(s.noise().white()) * crackle * smooth(0, 0.18, u) *
           smooth(0, 0.5, 1 - u);
  });
  s.room(0.9, 0.7);
}
void make_helicopter(Sketch& s) {
  motor(s, 11, 11, 0.6, 1.4);
  wash(
      s,
      [](double t) {
        return 0.25 + 0.75 * std::pow(std::abs(std::sin(std::numbers::pi * 11 * t)), 4);
      },
      [](double) { return 420.0; }, 0.7, 0.5);
}
void make_traffic(Sketch& s) {
  const double all = s.seconds();
  wash(
      s, [=](double t) { return 0.3 + 0.1 * sway(t, all, 2, 0.4); }, [](double) { return 320.0; },
      0.5, 0.8);
  for (int i = 0; i < 7; ++i) {
    const double middle = s.dice().between(0.5, all - 0.5);
    const double pan = i % 2 == 0 ? 1 : -1;
    const double width = s.dice().between(0.5, 1);
    Filter tyre;
    tyre.set(s.dice().between(600, 1100), 0.7);
    const double begin = std::max(0.0, middle - 2.5);
    s.sound(begin, std::min(5.0, all - begin), 0.5 * pan, [&](double t) {
      return 0.35 * tyre.band(s.noise().white()) / (1 + std::pow((begin + t - middle) / width, 2)) *
             smooth(0, 0.8, t) * smooth(0, 0.8, std::min(5.0, all - begin) - t);
    });
  }
  Oscillator horn;
  s.sound(all * 0.6, 0.35, -0.4, [&](double t) {
    return 0.07 * (horn.saw(392)) * smooth(0, 0.05, t) * smooth(0, 0.08, 0.35 - t);
  });
  s.room(0.6, 0.4);
}
void make_office(Sketch& s) {
  wash(
      s, [](double) { return 0.06; }, [](double) { return 260.0; }, 0.6, 0.9);
  for (int i = 0; i < 90; ++i) {  // far keyboards
    knock(s, s.dice().between(0, s.seconds() - 0.2), s.dice().between(1800, 3000), 0.004,
          s.dice().between(0.03, 0.1), s.dice().between(-0.8, 0.8));
  }
  for (int i = 0; i < 55; ++i) {  // murmur
    shout(s, s.dice().between(0, s.seconds() - 0.6), s.dice().between(0.15, 0.5),
          s.dice().between(95, 210), s.dice().between(0.008, 0.03), s.dice().between(-0.9, 0.9));
  }
  s.room(0.75, 0.8);
}

}  // namespace understudy::library
