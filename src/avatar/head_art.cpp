#include "avatar/head_art.h"

#include <algorithm>
#include <cmath>

#include "avatar/hair_art.h"
#include "avatar/noise.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

void draw_ear(cairo_t* c, const SkinTones& skin, double side, double face_width, bool has_earring) {
  const double x = side * 119 * face_width;
  const Path ear = Path::through({{x - side * 8, -22},
                                  {x + side * 9, -30},
                                  {x + side * 19, -16},
                                  {x + side * 17, 8},
                                  {x + side * 9, 30},
                                  {x - side * 2, 38},
                                  {x - side * 10, 26}},
                                 true);
  fill(
      c, ear,
      Paint::linear({x, -30}, {x, 40},
                    {{0, side < 0 ? skin.base : mix(skin.base, skin.shade, .5)}, {1, skin.shade}}));
  {
    const Clip clip(c, ear);
    soft_brush(c,
               {{x + side * 12, -16},
                {x + side * 5, -20},
                {x + side * 1, -4},
                {x + side * 7, 10},
                {x + side * 2, 22}},
               skin.deep.with_alpha(.55), 3, 7, 3, 3);
    glow(c, {x + side * 14, -14}, 8, 16, skin.light.with_alpha(.4));
  }
  if (has_earring) {
    fill(c, Path::ellipse({x + side * 3, 43}, 5.5, 5.5),
         Paint::radial({x + side * 3 - 2, 41}, 7,
                       {{0, hex(0xFFF6D8)}, {.5, hex(0xE6BE62)}, {1, hex(0xA8772C)}}));
  }
}

void draw_age(cairo_t* c, const Face& face, const SkinTones& skin) {
  if (face.age <= 0) return;
  const Colour line = skin.line.with_alpha(.42 * face.age);
  for (const double s : {-1.0, 1.0}) {
    // From the nose to the corners of the mouth, and under the eyes.
    soft_brush(c, {{s * 30, 52}, {s * 46, 72}, {s * 54, 96}}, line, 1, 5, 1, 2.5);
    soft_brush(c, {{s * 26, 12}, {s * 48, 22}, {s * 72, 12}}, line.with_alpha(line.a * .8), 1, 3.5,
               1, 2);
    for (const double y : {-14.0, -6.0, 2.0})
      soft_brush(c, {{s * 86, y}, {s * 97, y - 3 + (y + 6) * .5}}, line, 2, 1.5, .5, 1);
  }
  if (face.age > .5)
    for (const double y : {-112.0, -96.0})
      soft_brush(c, {{-52, y + 4}, {-10, y - 1}, {50, y + 3}}, line.with_alpha(line.a * .6), .5, 3,
                 .5, 2);
}

void draw_freckles(cairo_t* c, const Face& face, const SkinTones& skin) {
  if (face.freckles <= 0) return;
  for (std::uint32_t i = 0; i < 46; ++i) {
    const double u = uniform(17, i) * 2 - 1, v = uniform(29, i);
    const double x = u * 88, y = 18 + v * 34 + 10 * std::abs(u) - 6;
    if (std::abs(x) > 96) continue;
    glow(c, {x, y}, 2.6 + uniform(5, i) * 1.6, 2.2 + uniform(5, i) * 1.4,
         mix(skin.shade, skin.line, .5).with_alpha(.55 * face.freckles));
  }
}

void shade_face(cairo_t* c, const Character& who, const Path& outline) {
  const SkinTones skin = skin_tones(who.complexion);
  const Face& face = who.face;
  const double w = face.width;
  // Form: the light comes from the upper left, so the right side and the jaw turn away from it.
  inner_shade(c, outline, {-16, -7}, skin.shade.with_alpha(.75), 20);
  inner_shade(c, outline, {-7, -5}, skin.deep.with_alpha(.32), 8);
  inner_shade(c, outline, {7, 4}, skin.light.with_alpha(.55), 12);
  // Planes: forehead and cheek towards the light, sockets, temple.
  glow(c, {-18, -108}, 100, 62, skin.light.with_alpha(.6));
  glow(c, {-56, 34}, 46, 34, skin.light.with_alpha(.5));
  glow(c, {50, 36}, 36, 28, skin.light.with_alpha(.24));
  for (const double s : {-1.0, 1.0}) {
    soft_fill(c, Path::ellipse({s * 47 * w, kEyeY - 12}, 38, 20),
              skin.shade.with_alpha(s < 0 ? .34 : .42), 18);
    soft_fill(c, Path::ellipse({s * 16, -18}, 7, 22), skin.shade.with_alpha(s < 0 ? .25 : .5), 9);
    glow(c, {s * 70 * w, 48}, 44, 34, who.complexion.blush.with_alpha(.34));
  }
  glow(c, {0, 152}, 30, 20, skin.light.with_alpha(.42));
  // Under the lower lip.
  soft_fill(c, Path::ellipse({0, 135}, 26, 5), skin.shade.with_alpha(.55), 7);
  draw_age(c, face, skin);
  draw_freckles(c, face, skin);
}

}  // namespace

SkinTones skin_tones(const Complexion& complexion) {
  const Colour base = complexion.skin;
  const double light = luminance(base);
  SkinTones tones;
  tones.base = base;
  tones.light = mix(base, hex(0xFFE9D2), .16 + .3 * light);
  tones.shade = multiply(base, {.90 - .04 * (1 - light), .78 - .02 * (1 - light), .735, 1});
  tones.deep = multiply(base, {.74, .565, .52, 1});
  tones.line = multiply(base, {.56, .37, .34, 1});
  return tones;
}

Path face_outline(const Face& face) {
  const double w = face.width * 1.04, j = face.jaw, k = face.chin;
  return symmetric({{0, -201},
                    {58 * w, -185},
                    {99 * w, -138},
                    {116 * w, -62},
                    {116 * w, 4},
                    {(109 + 3 * j) * w, 62 + 4 * j},
                    {(89 + 9 * j) * w, 118 + 7 * j},
                    {(50 + 8 * j) * w * k, 160 + 4 * j},
                    {0, kChinY}});
}

void draw_face(cairo_t* c, const Character& who) {
  const SkinTones skin = skin_tones(who.complexion);
  if (who.hair != Hair::hijab)
    for (const double side : {-1.0, 1.0}) draw_ear(c, skin, side, who.face.width, who.has_earrings);
  const Path outline = face_outline(who.face);
  fill(c, outline,
       Paint::linear({-70, -150}, {90, 170},
                     {{0, mix(skin.base, skin.light, .55)},
                      {.5, skin.base},
                      {1, mix(skin.base, skin.shade, .55)}}));
  const Clip clip(c, outline);
  shade_face(c, who, outline);
  if (who.hair == Hair::bald) {
    glow(c, {-34, -150}, 58, 30, lighter(skin.light, .3).with_alpha(.6));
    soft_fill(c, Path::ellipse({0, -196}, 110, 26), skin.shade.with_alpha(.35), 16);
  }
  // The hair's own shadow on the forehead.
  const Path fringe = hair_front_outline(who);
  if (!fringe.is_empty()) {
    soft_fill(c, fringe.moved({5, 13}), skin.deep.with_alpha(.42), 9);
    soft_fill(c, fringe.moved({2, 4}), skin.deep.with_alpha(.35), 4);
  }
}

void draw_nose(cairo_t* c, const Character& who) {
  const SkinTones skin = skin_tones(who.complexion);
  const double w = who.face.nose_width;
  // The side that lies in the shade, from the bridge to the wing.
  const Path side =
      Path::through({{5, -22}, {9, 4}, {20 * w, 36}, {22 * w, 47}, {10, 50}, {6, 20}}, true, .8);
  soft_fill(c, side, skin.shade.with_alpha(.75), 6);
  // Under the tip.
  soft_fill(c, Path::through({{-19 * w, 51}, {0, 57}, {20 * w, 50}, {10, 63}, {-10, 63}}, true),
            skin.deep.with_alpha(.38), 5);
  // Light down the bridge and on the tip.
  soft_brush(c, {{-3, -26}, {-4, 6}, {-3, 30}}, skin.light.with_alpha(.75), 3, 7, 8, 4);
  glow(c, {-4, 37}, 12, 9, lighter(skin.light, .35).with_alpha(.75));
  // Wings and nostrils.
  for (const double s : {-1.0, 1.0}) {
    brush(c, {{s * 21.5 * w, 38}, {s * 25 * w, 46}, {s * 20 * w, 53}},
          skin.line.with_alpha(s < 0 ? .4 : .62), .6, 2.6, .8);
    fill(c, Path::ellipse({s * 10.5 * w, 53.5}, 6 * w, 2.6, -s * .25), skin.line.with_alpha(.72));
  }
  brush(c, {{-7, 55}, {0, 57.5}, {7, 55}}, skin.line.with_alpha(.45), .6, 2, .6);
  // The groove above the lip.
  soft_brush(c, {{1, 64}, {1, 80}}, skin.shade.with_alpha(.5), 4, 6, 6, 3);
}

void draw_beard(cairo_t* c, const Character& who) {
  if (who.beard == Beard::none) return;
  const Colour hair = who.complexion.hair;
  const double w = who.face.width, j = who.face.jaw;
  const Path outline = face_outline(who.face);
  const Path moustache = Path::through({{0, 68},
                                        {22, 66},
                                        {44, 82},
                                        {52, 100},
                                        {42, 96},
                                        {22, 88},
                                        {0, 87},
                                        {-22, 88},
                                        {-42, 96},
                                        {-52, 100},
                                        {-44, 82},
                                        {-22, 66}},
                                       true);
  const double drop = who.beard == Beard::full ? 12 : 0;
  Path jaw = Path::through({{-117 * w, -26},
                            {-113 * w, 30},
                            {-(104 + 5 * j) * w, 78},
                            {-(86 + 9 * j) * w, 124},
                            {-52 * w, 164 + drop},
                            {0, 180 + drop},
                            {52 * w, 164 + drop},
                            {(86 + 9 * j) * w, 124},
                            {(104 + 5 * j) * w, 78},
                            {113 * w, 30},
                            {117 * w, -26},
                            {106 * w, 18},
                            {96 * w, 58},
                            {72, 84},
                            {52, 88},
                            {30, 76},
                            {0, 72},
                            {-30, 76},
                            {-52, 88},
                            {-72, 84},
                            {-96 * w, 58},
                            {-106 * w, 18}},
                           true, .9);
  if (who.beard == Beard::stubble) {
    const Clip clip(c, outline);
    soft_fill(c, jaw, hair.with_alpha(.17), 14);
    for (std::uint32_t i = 0; i < 420; ++i) {
      const double x = (uniform(61, i) * 2 - 1) * 108 * w, y = 66 + uniform(67, i) * 112;
      if (std::abs(x) < 58 && y > 88 && y < 128) continue;  // not on the lips
      brush(c, {{x, y}, {x * .99, y + 2.5}, {x * .98, y + 5}}, hair.with_alpha(.20), .8, 1.5, .4);
    }
    return;
  }
  if (who.beard == Beard::moustache) {
    soft_fill(c, moustache.moved({2, 4}), skin_tones(who.complexion).deep.with_alpha(.4), 4);
    fill(c, moustache,
         Paint::linear({-30, 66}, {30, 100}, {{0, who.complexion.hair_light}, {1, hair}}));
    for (int i = -6; i <= 6; ++i)
      brush(c, {{i * 3.0, 70}, {i * 5.5, 80}, {i * 7.6, 92.0 + std::abs(i)}},
            (i % 2 == 0 ? lighter(hair, .3) : darker(hair, .3)).with_alpha(.4), .6, 1.8, .4);
    return;
  }
  soft_fill(c, jaw, hair.with_alpha(.55), 7);
  fill(c, jaw,
       Paint::linear(
           {-80, 20}, {90, 190},
           {{0, mix(hair, who.complexion.hair_light, .7)}, {.55, hair}, {1, darker(hair, .35)}}));
  const Clip clip(c, jaw);
  inner_shade(c, jaw, {-6, -8}, darker(hair, .6).with_alpha(.6), 10);
  for (int i = 0; i < 90; ++i) {
    const double u = uniform(41, i) * 2 - 1, v = uniform(43, i);
    const double x = u * 112 * w, y = 20 + v * 160;
    const Colour tone = uniform(47, i) < .5 ? who.complexion.hair_light : darker(hair, .4);
    brush(c, {{x, y}, {x * .97, y + 9}, {x * .9, y + 18}}, tone.with_alpha(.34), .5, 2, .4);
  }
}

void draw_glasses(cairo_t* c, const Character& who) {
  if (who.glasses == Glasses::none) return;
  const bool is_round = who.glasses == Glasses::round;
  const Colour frame = is_round ? hex(0x5A3A22) : hex(0x23262E);
  const double y = kEyeY + 3;
  for (const double s : {-1.0, 1.0}) {
    const Path lens = is_round ? Path::ellipse({s * 51, y}, 40, 38)
                               : Path::rounded(s * 51 - 42, y - 30, 84, 60, 20);
    soft_fill(
        c,
        Path(lens).moved({3, 7}).append(lens.moved({3, 9}).scaled(.93, .93, {s * 51 + 3, y + 9})),
        skin_tones(who.complexion).deep.with_alpha(.0), 4);
    fill(c, lens,
         Paint::linear({s * 51 - 30, y - 34}, {s * 51 + 24, y + 34},
                       {{0, hex(0xFFFFFF, .20)},
                        {.42, hex(0xFFFFFF, .05)},
                        {.43, hex(0xFFFFFF, .12)},
                        {.7, hex(0xFFFFFF, .02)},
                        {1, hex(0xFFFFFF, .08)}}));
    stroke(c, lens.moved({1.2, 3}), skin_tones(who.complexion).deep.with_alpha(.45), 5);
    stroke(c, lens,
           Paint::linear({0, y - 36}, {0, y + 36},
                         {{0, lighter(frame, .25)}, {.5, frame}, {1, darker(frame, .3)}}),
           is_round ? 4.2 : 6);
    brush(c, {{s * 92, y - 8}, {s * 106, y - 12}, {s * 118, y - 14}}, frame, 6, 5, 4);
  }
  brush(c, {{-12, y - 4}, {0, y - 11}, {12, y - 4}}, frame, 5, 5, 5);
}

}  // namespace understudy::avatar
