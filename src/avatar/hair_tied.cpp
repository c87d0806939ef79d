#include <algorithm>
#include <cmath>

#include "avatar/hair_styles.h"
#include "avatar/noise.h"

namespace understudy::avatar {
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

}  // namespace understudy::avatar
