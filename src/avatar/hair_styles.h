// Each hair style as data: masses of hair with strands on them.
#pragma once

#include <vector>

#include "avatar/character.h"

namespace understudy::avatar {

struct HairStrand {
  std::vector<Point> line;
  double width = 3;
  double tone = .4;  // > 0 light, < 0 dark; the size is the opacity
  double blur = 0;
};

struct HairMass {
  Path outline;
  Point light_from{-90, -220};
  Point light_to{110, 40};
  double tone = 0;          // -1 darker .. 1 the light colour
  double softness = 0;      // blur of the outer edge
  bool has_shadow = false;  // throws one on the face
  std::vector<HairStrand> strands;
};

struct HairStyle {
  std::vector<HairMass> back;  // first is drawn first
  std::vector<HairMass> front;
};

HairStyle hair_style(const Character& who);
void draw_hair_mass(cairo_t* c, const Complexion& complexion, const HairMass& mass);

HairStyle long_waves(const Character& who);
HairStyle bob(const Character& who);
HairStyle afro(const Character& who);
HairStyle top_bun(const Character& who);
HairStyle ponytail(const Character& who);
HairStyle braids(const Character& who);
HairStyle hijab(const Character& who);
HairStyle silver_waves(const Character& who);
HairStyle side_part(const Character& who);
HairStyle tousled(const Character& who);
HairStyle curly_top(const Character& who);
HairStyle fade(const Character& who);
HairStyle silver_short(const Character& who);

void add(std::vector<HairStrand>& to, const std::vector<HairStrand>& more);
HairStrand shine(const std::vector<Point>& line, double width,
                 double strength = .5);                // a soft band of light
std::vector<Point> mirror(std::vector<Point> points);  // x -> -x

// `count` strands between two lines of equal length: blends of the first into the last, with
// chance.
std::vector<HairStrand> strands_between(const std::vector<Point>& first,
                                        const std::vector<Point>& last, int count,
                                        std::uint32_t seed, double width = 3.2);

}  // namespace understudy::avatar
