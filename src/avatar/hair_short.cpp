#include <cmath>

#include "avatar/hair_styles.h"
#include "avatar/noise.h"

namespace understudy::avatar {
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
// Short at the sides, long and untidy on top, with a fringe of tufts.
HairStyle tousled(const Character& who) {
  HairStyle style = side_part(who);
  HairMass& top = style.front.back();
  top.strands.clear();
  top.outline = Path::through(
      {{112, -116},  {104, -138}, {84, -118},  {66, -96},    {56, -126},   {40, -104},
       {20, -86},    {8, -120},   {-14, -100}, {-36, -84},   {-44, -116},  {-66, -94},
       {-90, -80},   {-98, -108}, {-118, -74}, {-130, -104}, {-140, -160}, {-112, -196},
       {-116, -226}, {-72, -232}, {-56, -256}, {-14, -248},  {20, -266},   {56, -244},
       {96, -240},   {112, -206}, {136, -182}, {128, -146}},
      true, .9);
  add(top.strands,
      strands_between({{-20, -240}, {-80, -220}, {-122, -160}, {-118, -84}},
                      {{-16, -220}, {-40, -180}, {-48, -140}, {-62, -100}}, 10, 71, 4.2));
  add(top.strands, strands_between({{-10, -244}, {-20, -190}, {-30, -140}, {-36, -92}},
                                   {{30, -250}, {30, -190}, {24, -140}, {20, -96}}, 9, 72, 4.2));
  add(top.strands,
      strands_between({{30, -250}, {50, -200}, {54, -150}, {62, -104}},
                      {{96, -226}, {118, -180}, {116, -140}, {106, -124}}, 11, 73, 4.2));
  top.strands.push_back({{{-108, -170}, {-64, -208}, {10, -218}}, 32, .48, 18});
  return style;
}

namespace {

// An outline of round curls along a line of centres.
Path curly_outline(const std::vector<Point>& around, double bump, std::uint32_t seed) {
  std::vector<Point> points;
  const int count = static_cast<int>(around.size());
  for (int i = 0; i < count; ++i) {
    const Point a = around[i], b = around[(i + 1) % count];
    const Point d = b - a;
    const double norm = std::max(length(d), 1e-6);
    const int steps = std::max(1, static_cast<int>(norm / (bump * 1.9)));
    for (int k = 0; k < steps; ++k) {
      const Point out{d.y / norm, -d.x / norm};
      const double r = bump * (.5 + .35 * uniform(seed, static_cast<std::uint32_t>(i * 40 + k)));
      points.push_back(lerp(a, b, k / static_cast<double>(steps)));
      points.push_back(lerp(a, b, (k + .5) / steps) + out * r);
    }
  }
  return Path::through(points, true, 1.25);
}

// Little arcs, as curls catch the light.
void add_curls(HairMass& mass, Point centre, double rx, double ry, int count, std::uint32_t seed,
               double size) {
  for (int i = 0; i < count; ++i) {
    const double a = uniform(seed, i) * 6.2832, r = std::sqrt(uniform(seed + 1, i));
    const Point p = centre + Point{std::cos(a) * r * rx, std::sin(a) * r * ry};
    const double turn = uniform(seed + 2, i) * 6.2832, k = size * (.7 + .6 * uniform(seed + 3, i));
    std::vector<Point> arc;
    for (const double t : {0.0, 1.0, 2.0, 3.2}) arc.push_back(p + rotate({k, 0}, turn + t));
    const bool is_lit = p.x + p.y < centre.x + centre.y;
    mass.strands.push_back(
        {arc, size * .38, uniform(seed + 4, i) < (is_lit ? .6 : .3) ? .34 : -.34, 0});
  }
}

}  // namespace

HairStyle curly_top(const Character& who) {
  HairStyle style;
  HairMass sides = side_part(who).front.front();
  style.front.push_back(sides);
  HairMass top;
  top.has_shadow = true;
  top.outline = curly_outline({{-124, -92},
                               {-138, -160},
                               {-112, -220},
                               {-50, -252},
                               {30, -256},
                               {100, -228},
                               {136, -166},
                               {124, -92},
                               {104, -112},
                               {66, -124},
                               {24, -114},
                               {-22, -118},
                               {-66, -108},
                               {-100, -96}},
                              19, 81);
  add_curls(top, {0, -176}, 122, 70, 110, 83, 13);
  top.strands.push_back({{{-104, -170}, {-60, -214}, {10, -226}}, 30, .34, 18});
  style.front.push_back(top);
  return style;
}

// A big round of tight curls.
HairStyle afro(const Character& who) {
  HairStyle style;
  HairMass back;
  std::vector<Point> ring;
  for (int i = 0; i < 22; ++i) {
    const double a = i / 22.0 * 6.28318;
    ring.push_back({std::cos(a) * 206, -92 + std::sin(a) * 190});
  }
  back.outline = curly_outline(ring, 20, 91);
  back.light_from = {-150, -240};
  back.light_to = {160, 60};
  add_curls(back, {0, -92}, 200, 184, 420, 93, 10);
  style.back.push_back(back);
  const double w = who.face.width;
  HairMass front;
  front.has_shadow = true;
  front.light_from = {-150, -240};
  front.light_to = {160, 60};
  front.outline = curly_outline({{-132 * w, 4},
                                 {-168, -60},
                                 {-172, -140},
                                 {-130, -220},
                                 {-60, -262},
                                 {40, -264},
                                 {120, -226},
                                 {168, -146},
                                 {168, -60},
                                 {132 * w, 4},
                                 {116 * w, -30},
                                 {108 * w, -84},
                                 {76, -126},
                                 {30, -142},
                                 {-30, -142},
                                 {-76, -126},
                                 {-108 * w, -84},
                                 {-116 * w, -30}},
                                15, 95);
  add_curls(front, {0, -170}, 160, 92, 260, 97, 10);
  front.strands.push_back({{{-142, -150}, {-92, -216}, {-10, -238}}, 44, .34, 26});
  style.front.push_back(front);
  return style;
}

// Clipped close to the skull.
HairStyle fade(const Character& who) {
  const double w = who.face.width * 1.04;
  HairStyle style;
  HairMass cap;
  cap.has_shadow = false;
  cap.softness = 5;
  cap.outline = Path::through({{0, -215},
                               {66, -196},
                               {110 * w, -144},
                               {121 * w, -66},
                               {118 * w, -14},
                               {113 * w, -22},
                               {108 * w, -80},
                               {94, -122},
                               {60, -139},
                               {0, -146},
                               {-60, -139},
                               {-94, -122},
                               {-108 * w, -80},
                               {-113 * w, -22},
                               {-118 * w, -14},
                               {-121 * w, -66},
                               {-110 * w, -144},
                               {-66, -196}},
                              true, .95);
  add_curls(cap, {0, -160}, 116, 44, 300, 111, 3.2);
  cap.strands.push_back({{{-92, -156}, {-50, -186}, {10, -194}}, 24, .35, 14});
  style.front.push_back(cap);
  return style;
}

// Receding a little at the temples, combed back.
HairStyle silver_short(const Character& who) {
  HairStyle style = side_part(who);
  const double w = who.face.width;
  HairMass& top = style.front.back();
  top.strands.clear();
  top.outline = Path::through({{0, -240},
                               {70, -228},
                               {114, -184},
                               {128 * w, -110},
                               {120 * w, -76},
                               {106 * w, -122},
                               {86, -154},
                               {50, -152},
                               {10, -146},
                               {-30, -150},
                               {-64, -158},
                               {-90, -148},
                               {-106 * w, -118},
                               {-120 * w, -74},
                               {-128 * w, -110},
                               {-116, -184},
                               {-72, -228}},
                              true, .95);
  add(top.strands,
      strands_between({{-108, -112}, {-112, -170}, {-60, -222}, {10, -238}},
                      {{-64, -156}, {-60, -184}, {-20, -214}, {30, -232}}, 11, 121, 4));
  add(top.strands,
      strands_between({{-50, -152}, {-40, -184}, {0, -214}, {40, -232}},
                      {{106, -112}, {116, -150}, {110, -186}, {84, -214}}, 17, 122, 4));
  top.strands.push_back({{{-96, -164}, {-50, -204}, {14, -216}}, 28, .5, 16});
  return style;
}

}  // namespace understudy::avatar
