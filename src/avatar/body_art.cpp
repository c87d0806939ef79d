#include "avatar/body_art.h"

#include <algorithm>
#include <cmath>

#include "avatar/outfit_art.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

void draw_neck(cairo_t* c, const Character& who) {
  const SkinTones skin = skin_tones(who.complexion);
  const double n = 52 * who.build.neck;
  const Path neck = neck_outline(who);
  fill(c, neck,
       Paint::linear({-90, 180}, {110, 330},
                     {{0, mix(skin.base, skin.light, .35)},
                      {.55, skin.base},
                      {1, mix(skin.base, skin.shade, .7)}}));
  const Clip clip(c, neck);
  inner_shade(c, neck, {-14, -4}, skin.deep.with_alpha(.5), 12);
  // The shadow of the chin.
  const Path chin = Path::through({{-120, 60},
                                   {120, 60},
                                   {n + 12, 168},
                                   {n * .6 + 12, 222},
                                   {14, 240},
                                   {-n * .6, 218},
                                   {-n - 6, 160}},
                                  true);
  soft_fill(c, chin, skin.deep.with_alpha(.62), 10);
  soft_fill(c, chin.moved({0, -22}), skin.deep.with_alpha(.45), 12);
  // The tendons and the collar bones.
  for (const double s : {-1.0, 1.0}) {
    soft_brush(c, {{s * n * .62, 215}, {s * n * .42, 258}, {s * 14, 296}},
               skin.shade.with_alpha(.7), 2, 6, 2, 4);
    soft_brush(c, {{s * 18, 306}, {s * 60, 298}, {s * 128, 288}}, skin.shade.with_alpha(.85), 3, 7,
               2, 4);
    soft_brush(c, {{s * 22, 299}, {s * 60, 291}, {s * 120, 281}}, skin.light.with_alpha(.6), 1, 5,
               1, 3);
  }
  soft_fill(c, Path::ellipse({0, 300}, 9, 10), skin.deep.with_alpha(.3), 6);
}

}  // namespace

Cloth cloth_of(Colour colour) {
  const double light = luminance(colour);
  // Dark cloth shows its form by light, light cloth by shade.
  return {colour, lighter(colour, .07 + .09 * (1 - light)), darker(colour, .16 + .06 * (1 - light)),
          darker(colour, .34 + .1 * (1 - light))};
}

Paint cloth_paint(const Cloth& cloth) {
  return Paint::linear({-250, 270}, {270, 860},
                       {{0, cloth.light}, {.38, cloth.base}, {1, cloth.shade}});
}

Path neck_outline(const Character& who) {
  const double n = 52 * who.build.neck;
  return symmetric({{0, 90},
                    {n * .98, 100},
                    {n * .93, 176},
                    {n * 1.04, 226},
                    {n * 1.5, 258},
                    {170, 300},
                    {180, 420},
                    {0, 480}},
                   .9);
}

Point shoulder_of(const Build& build, double side) { return {side * 232 * build.shoulders, 372}; }

void draw_body(cairo_t* c, const Character& who, const Outfit& outfit) {
  draw_lower(c, who, outfit);
  draw_neck(c, who);
  draw_top(c, who, outfit);
  draw_outer(c, who, outfit);
  draw_accent(c, who, outfit);
}

}  // namespace understudy::avatar
