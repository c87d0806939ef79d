// Look: what light, mood and finish do to a picture: tone curve and tints, the light that falls
// into the scene, vignette and grain. Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cinema/direction.h"
#include "cinema/plate_layer.h"
#include "media/frame.h"

namespace understudy::cinema {

// Numbers of one light in one mood.
struct Tone {
  double exposure = 1;
  double contrast = 1;
  double saturation = 1;
  std::array<double, 2> shadows{};     // U, V added in the dark
  std::array<double, 2> highlights{};  // and in the bright
  double vignette = 0.35;
  double backdrop_exposure = 1;  // of what is behind, alone
  std::array<double, 2> backdrop_tint{};
  double backdrop_blur = 0.006;  // of the canvas' height, of a medium shot
  double wrap = 0.35;            // how much of the background's light reaches round the person
  double shade = 0.2;            // how much darker the side away from the light is, 0..1
  double rim = 0;                // light on the edges, 0..1
  std::array<double, 2> rim_left{}, rim_right{};
};
Tone tone_of(Light light, Mood mood);

class Look {
 public:
  Look(const Shot& shot, double grain, int width, int height);

  const Tone& tone() const { return tone_; }
  // What is behind the people, before they are drawn.
  void light_backdrop(media::Frame& canvas) const;
  // The people: `solid` is where they are, `soft` the same blurred. Shading, rims and light wrap.
  void light_people(const SmallMask& soft, const media::Frame& behind, const media::Frame& alpha,
                    media::Frame& canvas) const;
  // Beams, glows and blinds over all; then tones, vignette and grain. `frame`: of the shot.
  void finish(int frame, media::Frame& canvas) const;

 private:
  void add_glow(double x, double y, double radius, double level, double u, double v,
                media::Frame& canvas) const;
  void add_light(int frame, media::Frame& canvas) const;

  Light light_;
  Tone tone_;
  double grain_;
  int width_, height_;
  std::array<std::uint8_t, 256> curve_{};
  std::array<std::int8_t, 256> add_u_{}, add_v_{};
  std::vector<std::uint8_t> vignette_;  // 0..255 per 2 x 2 pixels
  std::vector<std::int8_t> noise_;      // 256 x 256
};

}  // namespace understudy::cinema
