#include <algorithm>
#include <cmath>

#include "avatar/hair_styles.h"
#include "avatar/noise.h"

namespace understudy::avatar {

void add(std::vector<HairStrand>& to, const std::vector<HairStrand>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

HairStrand shine(const std::vector<Point>& line, double width, double strength) {
  return {line, width, strength, width * .55};
}

std::vector<Point> mirror(std::vector<Point> points) {
  for (Point& p : points) p.x = -p.x;
  return points;
}

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
      {-94 * w, -116}, {-107 * w, -44}, {-109 * w, 40}, {-102 * w, 122}, {-112, 200},
      {-96, 290},      {-108, 372},     {-150, 424},    {-176, 372},     {-166, 300},
      {-190, 220},     {-168, 130},     {-160, 30},     {-156, -60},     {-136, -140}};
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
      {{30, -232},    {96, -214},     {140, -152},    {151, -60},      {148, 20},      {139, 74},
       {129 * w, 14}, {119 * w, -44}, {108 * w, -88}, {76, -128},      {44, -158},     {34, -172},
       {16, -140},    {-30, -108},    {-82, -82},     {-110 * w, -42}, {-124 * w, 26}, {-138, 70},
       {-149, 16},    {-153, -60},    {-138, -156},   {-88, -216},     {-24, -236}},
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
  const std::vector<Point> side = {{-98 * w, -104}, {-110 * w, -34}, {-110 * w, 46}, {-95 * w, 126},
                                   {-88, 168},      {-116, 184},     {-152, 164},    {-166, 110},
                                   {-160, 20},      {-152, -70},     {-134, -140}};
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

}  // namespace understudy::avatar
