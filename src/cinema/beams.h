// Beams: the light that falls into a scene over everything: the glow of a low sun, of signs, of a
// lamp, and the bars of a blind. Private to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "cinema/direction.h"

namespace understudy::cinema {

class Beams {
 public:
  Beams(Light light, int width, int height);

  // Adds the light to a row of luma (`y`), before the tone curve. `frame`: of the shot.
  void light_luma(int frame, int y, std::uint8_t* row) const;
  // The same for a row of the chroma planes.
  void light_chroma(int frame, int y, std::uint8_t* u, std::uint8_t* v) const;

 private:
  struct Glow {
    double x, y, radius, level, u, v;
  };
  void add(const Glow& glow);
  void add_blinds(int frame, int y, std::uint8_t* row) const;
  int strength_at(int frame) const;  // 256: as it is

  Light light_;
  int width_, height_;
  // Per 2 x 2 pixels, empty when nothing glows.
  std::vector<std::uint8_t> level_;
  std::vector<std::int8_t> u_, v_;
  // Of blinds: brightness over the phase of a bar, and over the columns; 0..255.
  std::vector<std::uint8_t> bar_, reach_;
};

}  // namespace understudy::cinema
