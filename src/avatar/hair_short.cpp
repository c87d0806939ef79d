#include <cmath>

#include "avatar/hair_styles.h"
#include "avatar/noise.h"

namespace understudy::avatar {
namespace {

void add(std::vector<HairStrand>& to, const std::vector<HairStrand>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

// A classic cut: short sides, swept up and over from a parting.
HairStyle side_part(const Character& who) {
  const double w = who.face.width;
  HairStyle style;
  HairMass sides;
  sides.tone = -.25;
  sides.outline = Path::through({{0, -214},
                                 {92, -196},
                                 {128 * w, -130},
                                 {130 * w, -50},
                                 {125 * w, 4},
                                 {117 * w, 8},
                                 {115 * w, -46},
                                 {104 * w, -100},
                                 {60, -140},
                                 {-60, -140},
                                 {-104 * w, -100},
                                 {-115 * w, -46},
                                 {-117 * w, 8},
                                 {-125 * w, 4},
                                 {-130 * w, -50},
                                 {-128 * w, -130},
                                 {-92, -196}},
                                true, .9);
  sides.has_shadow = true;
  style.front.push_back(sides);
  HairMass top;
  top.has_shadow = true;
  top.outline = Path::through({{84, -176},
                               {108 * w, -118},
                               {112 * w, -100},
                               {96, -128},
                               {70, -142},
                               {30, -138},
                               {-20, -124},
                               {-66, -116},
                               {-98 * w, -104},
                               {-117 * w, -58},
                               {-128 * w, -100},
                               {-122, -170},
                               {-84, -222},
                               {-16, -246},
                               {56, -236},
                               {98, -206}},
                              true, .95);
  add(top.strands,
      strands_between({{78, -190}, {20, -236}, {-60, -222}, {-120, -140}},
                      {{82, -160}, {30, -146}, {-40, -128}, {-106, -96}}, 20, 61, 4.2));
  top.strands.push_back({{{-104, -150}, {-60, -196}, {6, -214}}, 34, .5, 18});
  style.front.push_back(top);
  return style;
}
HairStyle tousled(const Character& who) { return side_part(who); }
HairStyle curly_top(const Character& who) { return side_part(who); }
HairStyle fade(const Character& who) { return side_part(who); }
HairStyle silver_short(const Character& who) { return side_part(who); }

}  // namespace understudy::avatar
