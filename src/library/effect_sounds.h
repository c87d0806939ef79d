// The recipes of the sound effects. Private to this folder.
#pragma once

#include "library/dice.h"
#include "library/instruments.h"
#include "library/mix_effects.h"

namespace understudy::library {

// What a recipe draws on: a mix, the noise of its seed, and the usual shapes.
class Sketch {
 public:
  Sketch(double seconds, bool is_loop, std::uint32_t seed)
      : mix_(seconds, is_loop), seconds_(seconds), seed_(seed), noise_(seed), dice_(seed + 1) {}

  Mix& mix() { return mix_; }
  double seconds() const { return seconds_; }
  std::uint32_t seed() const { return seed_; }
  Noise& noise() { return noise_; }
  Dice& dice() { return dice_; }

  // value(t) from `at` for `length` seconds, with ends that do not click.
  template <class Value>
  void sound(double at, double length, double pan, Value&& value) {
    const auto begin = static_cast<std::int64_t>(at * kRate);
    const auto count = static_cast<std::int64_t>(length * kRate);
    for (std::int64_t i = 0; i < count; ++i) {
      const double t = static_cast<double>(i) / kRate;
      const double ends = smooth(0, 0.0015, t) * smooth(0, 0.01, length - t);
      mix_.add_panned(begin + i, ends * value(t), pan);
    }
  }

  void room(double size, double wet) { mix_.add(reverb(mix_, size, 0.4), wet); }

 private:
  Mix mix_;
  double seconds_;
  std::uint32_t seed_;
  Noise noise_;
  Dice dice_;
};

using Recipe = void (*)(Sketch&);

// Motion and emphasis (effect_motion.cpp).
void make_whoosh(Sketch&);
void make_fast_whoosh(Sketch&);
void make_deep_whoosh(Sketch&);
void make_swipe(Sketch&);
void make_riser(Sketch&);
void make_tension_riser(Sketch&);
void make_downlifter(Sketch&);
void make_impact(Sketch&);
void make_soft_impact(Sketch&);
void make_boom(Sketch&);
void make_explosion(Sketch&);
void make_glitch(Sketch&);
void make_laser(Sketch&);
void make_zap(Sketch&);
void make_power_up(Sketch&);
void make_power_down(Sketch&);
void make_magic(Sketch&);
void make_boing(Sketch&);
void make_slide_whistle(Sketch&);
void make_punch(Sketch&);
void make_sword(Sketch&);
void make_record_scratch(Sketch&);
void make_tape_stop(Sketch&);
void make_drum_roll(Sketch&);
void make_rimshot(Sketch&);

// Signals and devices (effect_signals.cpp).
void make_click(Sketch&);
void make_pop(Sketch&);
void make_bubbles(Sketch&);
void make_ding(Sketch&);
void make_notification(Sketch&);
void make_message(Sketch&);
void make_success(Sketch&);
void make_fanfare(Sketch&);
void make_error(Sketch&);
void make_fail(Sketch&);
void make_beep(Sketch&);
void make_countdown(Sketch&);
void make_alarm(Sketch&);
void make_siren(Sketch&);
void make_doorbell(Sketch&);
void make_phone_ring(Sketch&);
void make_dial_tone(Sketch&);
void make_camera(Sketch&);
void make_typing(Sketch&);
void make_typewriter(Sketch&);
void make_clock(Sketch&);
void make_cash_register(Sketch&);
void make_coin(Sketch&);
void make_school_bell(Sketch&);
void make_church_bell(Sketch&);
void make_game_jump(Sketch&);
void make_robot(Sketch&);
void make_static(Sketch&);

// Nature, people and things (effect_world.cpp).
void make_rain(Sketch&);
void make_thunder(Sketch&);
void make_wind(Sketch&);
void make_waves(Sketch&);
void make_stream(Sketch&);
void make_water_drop(Sketch&);
void make_fire(Sketch&);
void make_birds(Sketch&);
void make_crickets(Sketch&);
void make_dog(Sketch&);
void make_heartbeat(Sketch&);
void make_applause(Sketch&);
void make_cheer(Sketch&);
void make_footsteps(Sketch&);
void make_knock(Sketch&);
void make_door_close(Sketch&);
void make_door_creak(Sketch&);
void make_glass(Sketch&);
void make_paper(Sketch&);
void make_car_pass(Sketch&);
void make_car_horn(Sketch&);
void make_engine(Sketch&);
void make_train(Sketch&);
void make_plane(Sketch&);
void make_rocket(Sketch&);
void make_helicopter(Sketch&);
void make_traffic(Sketch&);
void make_office(Sketch&);

}  // namespace understudy::library
