#include <algorithm>
#include <cmath>

#include "avatar/hair_styles.h"
#include "avatar/noise.h"

namespace understudy::avatar {
namespace {

void add(std::vector<HairStrand>& to, const std::vector<HairStrand>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// A soft band of light over the crown.
HairStrand shine(const std::vector<Point>& line, double width, double strength = .5) {
  return {line, width, strength, width * .55};
}

std::vector<Point> mirror(std::vector<Point> points) {
  for (Point& p : points) p.x = -p.x;
  return points;
}

}  // namespace

std::vector<HairStrand> strands_between(const std::vector<Point>& first,
                                        const std::vector<Point>& last, int count,
                                        std::uint32_t seed, double width) {
  std::vector<HairStrand> result;
  for (int i = 0; i < count; ++i) {
    const double t = (i + .5 + .6 * (uniform(seed, i) - .5)) / count;
    HairStrand strand;
    for (std::size_t k = 0; k < first.size(); ++k)
      strand.line.push_back(lerp(first[k], last[k], t));
    const double dice = uniform(seed + 1, i);
    strand.tone = dice < .5 ? .16 + .3 * dice : -(.12 + .3 * (1 - dice));
    strand.width = width * (.6 + .8 * uniform(seed + 2, i));
    result.push_back(strand);
  }
  return result;
}

// Parted at the side, in waves down to the chest, some of it in front of the shoulders.
HairStyle long_waves(const Character& who) {
  const double w = who.face.width;
  HairStyle style;
  HairMass back;
  back.outline = Path::through({{6, -228},
                                {86, -216},
                                {140, -150},
                                {152, -40},
                                {150, 60},
                                {176, 150},
                                {164, 240},
                                {190, 330},
                                {150, 400},
                                {60, 380},
                                {-60, 380},
                                {-150, 400},
                                {-190, 330},
                                {-166, 240},
                                {-178, 150},
                                {-152, 60},
                                {-154, -40},
                                {-142, -150},
                                {-84, -214}},
                               true);
  back.tone = -.3;
  add(back.strands, strands_between({{-100, -120}, {-150, 60}, {-150, 240}, {-160, 390}},
                                    {{100, -120}, {150, 60}, {150, 240}, {160, 390}}, 26, 3, 5));
  style.back.push_back(back);
  // Two falls in front of the shoulders, then the crown.
  const std::vector<Point> fall = {
      {-104 * w, -110}, {-128 * w, -30}, {-126 * w, 60}, {-112 * w, 120}, {-118, 200},
      {-96, 290},       {-108, 372},     {-150, 424},    {-176, 372},     {-166, 300},
      {-190, 220},      {-168, 130},     {-160, 30},     {-156, -60},     {-136, -140}};
  for (const bool is_left : {true, false}) {
    HairMass mass;
    mass.outline = Path::through(is_left ? fall : mirror(fall), true);
    mass.light_from = {is_left ? -170.0 : 110.0, -100};
    mass.light_to = {is_left ? -90.0 : 190.0, 400};
    const std::vector<Point> a = {{-140, -110}, {-152, 20},  {-166, 130},
                                  {-182, 220},  {-160, 310}, {-160, 410}};
    const std::vector<Point> b = {{-112, -90}, {-132, 20},  {-122, 110},
                                  {-122, 205}, {-102, 290}, {-122, 400}};
    add(mass.strands, is_left ? strands_between(a, b, 13, 11, 4)
                              : strands_between(mirror(a), mirror(b), 13, 12, 4));
    std::vector<Point> band = {{-160, 150}, {-148, 190}, {-122, 215}};
    mass.strands.push_back(shine(is_left ? band : mirror(band), 30, .35));
    style.front.push_back(mass);
  }
  HairMass crown;
  crown.has_shadow = true;
  crown.outline = Path::through(
      {{30, -232},     {96, -214},     {140, -152},     {150, -60},     {146, 10},  {134 * w, 20},
       {126 * w, -40}, {112 * w, -86}, {76, -128},      {44, -158},     {34, -172}, {16, -140},
       {-30, -108},    {-82, -82},     {-112 * w, -40}, {-128 * w, 24}, {-142, 20}, {-152, -60},
       {-138, -156},   {-88, -216},    {-24, -236}},
      true, .95);
  add(crown.strands,
      strands_between({{36, -190}, {-20, -222}, {-96, -190}, {-138, -110}, {-146, 0}},
                      {{34, -176}, {0, -142}, {-60, -102}, {-106, -62}, {-128, 10}}, 17, 21, 4));
  add(crown.strands,
      strands_between({{38, -178}, {64, -150}, {100, -108}, {122, -60}, {134, 10}},
                      {{36, -200}, {84, -204}, {128, -150}, {146, -70}, {146, 10}}, 13, 22, 4));
  crown.strands.push_back(shine({{-128, -120}, {-84, -166}, {-20, -186}}, 34, .55));
  crown.strands.push_back(shine({{70, -186}, {106, -156}, {126, -110}}, 24, .35));
  style.front.push_back(crown);
  return style;
}

// To the chin, smooth, with a swept fringe.
HairStyle bob(const Character& who) {
  const double w = who.face.width;
  HairStyle style;
  HairMass back;
  back.tone = -.35;
  back.outline = Path::through({{0, -226},
                                {92, -208},
                                {142, -140},
                                {154, -30},
                                {160, 70},
                                {162, 140},
                                {128, 182},
                                {60, 190},
                                {-60, 190},
                                {-128, 182},
                                {-162, 140},
                                {-160, 70},
                                {-154, -30},
                                {-142, -140},
                                {-92, -208}},
                               true);
  add(back.strands, strands_between({{-120, -60}, {-140, 60}, {-120, 180}},
                                    {{120, -60}, {140, 60}, {120, 180}}, 20, 5, 5));
  style.back.push_back(back);
  const std::vector<Point> side = {
      {-112 * w, -96}, {-124 * w, -20}, {-122 * w, 60}, {-100 * w, 128}, {-88, 168},  {-116, 184},
      {-152, 164},     {-166, 110},     {-160, 20},     {-152, -70},     {-134, -140}};
  for (const bool is_left : {true, false}) {
    HairMass mass;
    mass.outline = Path::through(is_left ? side : mirror(side), true);
    mass.light_from = {is_left ? -170.0 : 100.0, -80};
    mass.light_to = {is_left ? -80.0 : 180.0, 200};
    const std::vector<Point> a = {{-138, -110}, {-154, 0}, {-160, 100}, {-136, 172}},
                             b = {{-116, -80}, {-128, 10}, {-118, 90}, {-98, 164}};
    add(mass.strands, is_left ? strands_between(a, b, 11, 31, 4)
                              : strands_between(mirror(a), mirror(b), 11, 32, 4));
    const std::vector<Point> band = {{-158, 40}, {-140, 54}, {-122, 50}};
    mass.strands.push_back(shine(is_left ? band : mirror(band), 26, .42));
    style.front.push_back(mass);
  }
  HairMass crown;
  crown.has_shadow = true;
  crown.outline =
      Path::through({{40, -230},      {104, -206},    {142, -142}, {154, -50},  {150, 20},
                     {136 * w, 24},   {128 * w, -30}, {112, -74},  {80, -112},  {56, -150},
                     {50, -164},      {30, -126},     {-14, -94},  {-66, -76},  {-108 * w, -66},
                     {-124 * w, -30}, {-134 * w, 22}, {-150, 20},  {-154, -50}, {-140, -146},
                     {-92, -210},     {-20, -234}},
                    true, .95);
  add(crown.strands,
      strands_between({{48, -196}, {-16, -222}, {-92, -194}, {-138, -120}, {-148, 0}},
                      {{48, -172}, {20, -132}, {-40, -96}, {-96, -72}, {-130, 6}}, 17, 23, 4));
  add(crown.strands, strands_between({{52, -172}, {76, -136}, {110, -92}, {134, 8}},
                                     {{52, -204}, {96, -198}, {138, -140}, {148, 8}}, 12, 24, 4));
  crown.strands.push_back(shine({{-132, -104}, {-84, -156}, {-6, -182}}, 34, .6));
  crown.strands.push_back(shine({{84, -180}, {116, -146}, {132, -104}}, 22, .4));
  style.front.push_back(crown);
  return style;
}

// Jaw-long, full, swept back from the face in two big waves.
HairStyle silver_waves(const Character& who) {
  const double w = who.face.width;
  HairStyle style;
  HairMass back;
  back.tone = -.25;
  back.outline = Path::through({{0, -236},
                                {96, -220},
                                {150, -150},
                                {164, -50},
                                {158, 40},
                                {168, 96},
                                {140, 138},
                                {90, 140},
                                {-90, 140},
                                {-140, 138},
                                {-168, 96},
                                {-158, 40},
                                {-164, -50},
                                {-150, -150},
                                {-96, -220}},
                               true);
  style.back.push_back(back);
  const std::vector<Point> side = {{-98 * w, -130}, {-112 * w, -70}, {-118 * w, -10},
                                   {-108 * w, 50},  {-98, 96},       {-112, 128},
                                   {-146, 134},     {-172, 100},     {-160, 44},
                                   {-170, -30},     {-164, -110},    {-134, -160}};
  for (const bool is_left : {true, false}) {
    HairMass mass;
    mass.outline = Path::through(is_left ? side : mirror(side), true);
    mass.light_from = {is_left ? -170.0 : 90.0, -140};
    mass.light_to = {is_left ? -90.0 : 180.0, 150};
    const std::vector<Point> a = {{-144, -140}, {-166, -50}, {-156, 40}, {-168, 92}, {-140, 130}},
                             b = {{-106, -110}, {-122, -30}, {-112, 44}, {-106, 96}, {-118, 124}};
    add(mass.strands, is_left ? strands_between(a, b, 14, 131, 4.5)
                              : strands_between(mirror(a), mirror(b), 14, 132, 4.5));
    style.front.push_back(mass);
  }
  HairMass crown;
  crown.has_shadow = true;
  crown.outline = Path::through({{-30, -238},
                                 {60, -240},
                                 {124, -200},
                                 {158, -122},
                                 {160, -50},
                                 {140, -44},
                                 {118 * w, -76},
                                 {96, -128},
                                 {50, -158},
                                 {-10, -160},
                                 {-48, -166},
                                 {-74, -150},
                                 {-102 * w, -112},
                                 {-124 * w, -62},
                                 {-150, -44},
                                 {-164, -90},
                                 {-150, -166},
                                 {-100, -220}},
                                true, .95);
  add(crown.strands,
      strands_between({{-52, -178}, {20, -234}, {110, -206}, {154, -110}, {150, -48}},
                      {{-46, -168}, {20, -160}, {76, -142}, {112, -92}, {134, -48}}, 17, 133, 4.6));
  add(crown.strands,
      strands_between({{-54, -180}, {-100, -204}, {-146, -150}, {-158, -60}},
                      {{-52, -168}, {-84, -138}, {-114, -92}, {-140, -48}}, 11, 134, 4.6));
  crown.strands.push_back(shine({{0, -206}, {64, -200}, {122, -150}}, 32, .5));
  crown.strands.push_back(shine({{-132, -150}, {-104, -182}, {-72, -190}}, 24, .4));
  style.front.push_back(crown);
  return style;
}

namespace {

// Hair pulled back tight: a smooth cap with its hairline.
HairMass pulled_back(const Character& who, std::uint32_t seed) {
  const double w = who.face.width * 1.04;
  HairMass cap;
  cap.has_shadow = true;
  cap.outline = Path::through(
      {{0, -236},     {74, -212},     {119 * w, -152}, {128 * w, -66},   {124 * w, -8},
       {118 * w, 8},  {113 * w, -30}, {108 * w, -84},  {84, -128},       {42, -150},
       {0, -156},     {-42, -150},    {-84, -128},     {-108 * w, -84},  {-113 * w, -30},
       {-118 * w, 8}, {-124 * w, -8}, {-128 * w, -66}, {-119 * w, -152}, {-74, -212}},
      true, .95);
  // Strands run from the hairline to the knot behind the crown.
  for (const double s : {-1.0, 1.0}) {
    std::vector<HairStrand> half = strands_between(
        {{s * 4, -154}, {s * 4, -190}, {s * 2, -226}},
        {{s * 118 * w, -6}, {s * 122 * w, -110}, {s * 60, -216}}, 17, seed + (s > 0), 3.6);
    cap.strands.insert(cap.strands.end(), half.begin(), half.end());
  }
  cap.strands.push_back({{{-106, -134}, {-56, -186}, {6, -198}}, 30, .55, 16});
  cap.strands.push_back({{{52, -192}, {92, -162}, {110, -120}}, 22, .38, 12});
  return cap;
}

}  // namespace

HairStyle top_bun(const Character& who) {
  HairStyle style;
  HairMass bun;
  bun.outline = Path::through({{4, -318},
                               {46, -310},
                               {74, -276},
                               {68, -236},
                               {30, -212},
                               {-26, -212},
                               {-64, -236},
                               {-68, -278},
                               {-40, -310}},
                              true);
  bun.light_from = {-50, -310};
  bun.light_to = {60, -220};
  for (int i = 0; i < 7; ++i)
    bun.strands.push_back({{{-62.0 + 6 * i, -262.0 + 6 * i},
                            {-20.0 + 6 * i, -304.0 + 11 * i},
                            {36.0 + 3 * i, -290.0 + 11 * i},
                            {66.0 - 4 * i, -246.0 + 5 * i}},
                           4,
                           i % 2 ? -.35 : .4,
                           0});
  bun.strands.push_back({{{-44, -282}, {-14, -300}, {20, -300}}, 16, .5, 9});
  style.front.push_back(bun);
  HairMass nape;
  nape.tone = -.4;
  nape.outline = Path::through(
      {{0, -210}, {118, -140}, {118, 10}, {84, 96}, {-84, 96}, {-118, 10}, {-118, -140}}, true);
  style.back.push_back(nape);
  style.front.push_back(pulled_back(who, 141));
  return style;
}

HairStyle ponytail(const Character& who) {
  HairStyle style;
  HairMass nape;
  nape.tone = -.4;
  nape.outline = Path::through(
      {{0, -210}, {118, -140}, {118, 10}, {84, 96}, {-84, 96}, {-118, 10}, {-118, -140}}, true);
  HairMass tail;
  tail.tone = -.1;
  tail.outline = Path::through({{40, -216},
                                {110, -214},
                                {160, -150},
                                {178, -40},
                                {176, 80},
                                {188, 190},
                                {176, 280},
                                {150, 330},
                                {138, 262},
                                {118, 170},
                                {108, 50},
                                {112, -70},
                                {90, -150}},
                               true);
  tail.light_from = {110, -180};
  tail.light_to = {190, 300};
  add(tail.strands,
      strands_between({{70, -210}, {128, -120}, {124, 40}, {130, 180}, {150, 310}},
                      {{100, -212}, {168, -110}, {172, 60}, {182, 190}, {160, 312}}, 13, 151, 4.4));
  style.back = {tail, nape};
  HairMass cap = pulled_back(who, 155);
  style.front.push_back(cap);
  // Two loose strands by the temples.
  const double w = who.face.width;
  for (const double s : {-1.0, 1.0}) {
    HairMass lock;
    lock.outline = Path::through({{s * 92 * w, -126},
                                  {s * 116 * w, -84},
                                  {s * 124 * w, -20},
                                  {s * 117 * w, 50},
                                  {s * 104 * w, 88},
                                  {s * 108 * w, 40},
                                  {s * 111 * w, -18},
                                  {s * 104 * w, -76}},
                                 true);
    style.front.push_back(lock);
  }
  return style;
}

namespace {

// A rope of hair along a line.
HairMass rope(const std::vector<Point>& line, double width, std::uint32_t seed) {
  HairMass mass;
  std::vector<Point> left, right;
  const Path centre = Path::through(line, false);
  constexpr int kBeads = 16;
  const auto at = [&](double t) {
    const double f = t * static_cast<double>(line.size() - 1);
    const std::size_t i = std::min(static_cast<std::size_t>(f), line.size() - 2);
    return lerp(line[i], line[i + 1], f - static_cast<double>(i));
  };
  for (int i = 0; i <= kBeads * 2; ++i) {
    const double t = i / (kBeads * 2.0);
    const Point d = at(std::min(t + .02, 1.0)) - at(std::max(t - .02, 0.0));
    const double norm = std::max(length(d), 1e-6);
    const double half = width / 2 * (1 - .35 * t) * (i % 2 ? 1.12 : .86);
    left.push_back(at(t) + Point{-d.y / norm * half, d.x / norm * half});
    right.push_back(at(t) - Point{-d.y / norm * half, d.x / norm * half});
    if (i % 2 == 0 && i > 0) {
      const Point n{-d.y / norm * half, d.x / norm * half}, along = d * (1 / norm);
      const bool flip = (static_cast<std::uint32_t>(i / 2) + seed) % 2;
      mass.strands.push_back({{at(t) + n * (flip ? 1.0 : -1.0) - along * 6, at(t),
                               at(t) - n * (flip ? 1.0 : -1.0) + along * 7},
                              3,
                              -.6,
                              0});
      mass.strands.push_back(
          {{at(t) + n * (flip ? .6 : -.6) + along * 1, at(t) + along * 6}, 3, .28, 0});
    }
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  mass.outline = Path::through(left, true);
  mass.light_from = line.front();
  mass.light_to = line.back() + Point{30, 0};
  return mass;
}

}  // namespace

// Long box braids from a middle parting.
HairStyle braids(const Character& who) {
  const double w = who.face.width;
  HairStyle style;
  HairMass back;
  back.tone = -.45;
  back.outline = Path::through({{0, -228},
                                {92, -212},
                                {140, -146},
                                {150, -40},
                                {152, 100},
                                {160, 250},
                                {140, 380},
                                {-140, 380},
                                {-160, 250},
                                {-152, 100},
                                {-150, -40},
                                {-140, -146},
                                {-92, -212}},
                               true);
  style.back.push_back(back);
  for (int i = 0; i < 6; ++i)
    for (const double s : {-1.0, 1.0})
      style.back.push_back(rope({{s * (100 + 8.0 * i), -60},
                                 {s * (112 + 9.0 * i), 80},
                                 {s * (100 + 13.0 * i), 220},
                                 {s * (98 + 16.0 * i), 400.0 + 10 * (i % 3)}},
                                26, static_cast<std::uint32_t>(i)));
  for (int i = 4; i-- > 0;)
    for (const double s : {-1.0, 1.0})
      style.front.push_back(rope({{s * (108 * w + 8.0 * i), -120},
                                  {s * (120 * w + 10.0 * i), -20},
                                  {s * (119 * w + 11.0 * i), 90},
                                  {s * (104 + 14.0 * i), 210},
                                  {s * (92 + 20.0 * i), 320},
                                  {s * (96 + 18.0 * i), 430.0 - 12 * i}},
                                 27, static_cast<std::uint32_t>(i)));
  HairMass crown;
  crown.has_shadow = true;
  crown.outline = Path::through({{0, -238},
                                 {78, -214},
                                 {130, -152},
                                 {144, -70},
                                 {138, -6},
                                 {116 * w, -6},
                                 {112 * w, -70},
                                 {88, -122},
                                 {40, -150},
                                 {0, -164},
                                 {-40, -150},
                                 {-88, -122},
                                 {-112 * w, -70},
                                 {-116 * w, -6},
                                 {-138, -6},
                                 {-144, -70},
                                 {-130, -152},
                                 {-78, -214}},
                                true, .95);
  for (const double s : {-1.0, 1.0}) {
    // Partings between the braids.
    for (int i = 0; i < 7; ++i) {
      const double t = i / 6.0;
      crown.strands.push_back({{{s * (3 + 6 * t), -222 + 12 * t},
                                {s * (48 + 66 * t), -206 + 66 * t},
                                {s * (78 + 46 * t), -140 + 90 * t}},
                               3.4,
                               -.55,
                               0});
      crown.strands.push_back({{{s * (9 + 6 * t), -214 + 14 * t},
                                {s * (50 + 60 * t), -196 + 66 * t},
                                {s * (76 + 44 * t), -134 + 92 * t}},
                               5,
                               .22,
                               2});
    }
  }
  crown.strands.push_back({{{0, -228}, {1, -196}, {0, -162}}, 3, -.7, 0});
  style.front.push_back(crown);
  return style;
}

// A scarf round head and neck. Its colour stands in place of the hair's.
HairStyle hijab(const Character& who) {
  const double w = who.face.width * 1.04;
  HairStyle style;
  HairMass back;
  back.tone = -.3;
  back.outline = Path::through({{0, -232},
                                {100, -210},
                                {150, -130},
                                {156, -20},
                                {146, 90},
                                {150, 190},
                                {186, 280},
                                {120, 330},
                                {-120, 330},
                                {-186, 280},
                                {-150, 190},
                                {-146, 90},
                                {-156, -20},
                                {-150, -130},
                                {-100, -210}},
                               true);
  style.back.push_back(back);
  // The cloth over the chest, then the frame of the face.
  HairMass drape;
  drape.light_from = {-140, 140};
  drape.light_to = {150, 420};
  drape.outline = Path::through({{-132, 90},
                                 {-90, 150},
                                 {-40, 180},
                                 {0, 188},
                                 {40, 180},
                                 {90, 150},
                                 {132, 90},
                                 {140, 170},
                                 {150, 240},
                                 {156, 292},
                                 {120, 338},
                                 {40, 384},
                                 {-50, 372},
                                 {-124, 330},
                                 {-156, 288},
                                 {-148, 240},
                                 {-140, 170}},
                                true);
  for (int i = 0; i < 6; ++i)
    drape.strands.push_back({{{-150.0 + 6 * i, 190.0 + 20 * i},
                              {-60, 226.0 + 30 * i},
                              {60, 224.0 + 30 * i},
                              {160.0 - 4 * i, 170.0 + 26 * i}},
                             11,
                             i % 2 ? .34 : -.42,
                             5});
  drape.strands.push_back({{{120, 130}, {60, 260}, {-70, 372}}, 16, -.4, 8});
  drape.strands.push_back({{{104, 130}, {44, 250}, {-84, 356}}, 10, .4, 5});
  style.front.push_back(drape);
  HairMass frame;
  frame.has_shadow = true;
  frame.light_from = {-120, -220};
  frame.light_to = {130, 170};
  frame.outline = Path::through({{0, -242},
                                 {84, -217},
                                 {138, -150},
                                 {154, -40},
                                 {146, 60},
                                 {124, 140},
                                 {70, 196},
                                 {0, 212},
                                 {-70, 196},
                                 {-124, 140},
                                 {-146, 60},
                                 {-154, -40},
                                 {-138, -150},
                                 {-84, -217}},
                                true);
  // The opening runs the other way round, so that it stays open.
  frame.outline.append(Path::through({{0, -150},
                                      {-66, -138},
                                      {-104 * w, -86},
                                      {-112 * w, -10},
                                      {-104 * w, 66},
                                      {-82 * w, 122},
                                      {-46 * w, 162},
                                      {0, 172},
                                      {46 * w, 162},
                                      {82 * w, 122},
                                      {104 * w, 66},
                                      {112 * w, -10},
                                      {104 * w, -86},
                                      {66, -138}},
                                     true));
  for (const double s : {-1.0, 1.0})
    for (int i = 0; i < 4; ++i)
      frame.strands.push_back({{{s * (4 + 10.0 * i), -216.0 + 14 * i},
                                {s * (84 + 10.0 * i), -180.0 + 8 * i},
                                {s * (120 + 6.0 * i), -60},
                                {s * (112 + 6.0 * i), 60},
                                {s * (70 + 8.0 * i), 160}},
                               8,
                               i % 2 ? .30 : -.32,
                               4});
  frame.strands.push_back(shine({{-130, -110}, {-96, -170}, {-30, -200}}, 26, .5));
  style.front.push_back(frame);
  // A close cap under it, at the forehead.
  return style;
}

}  // namespace understudy::avatar
