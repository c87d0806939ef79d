#include <algorithm>
#include <cmath>

#include "avatar/feature_art.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

struct EyeShape {
  double side;  // -1 left of the picture, 1 right
  double half_width;
  double upper;  // heights over and under the line between the corners
  double lower;
  double tilt;  // outer corner up
  Point inner, outer;
  Point top1, top2, low1, low2;  // control points of the lids
};

EyeShape eye_shape(const Face& face, const Pose& pose, double side) {
  EyeShape e;
  e.side = side;
  e.half_width = 30.5 * face.eye_size;
  const double open = 1 - pose.blink;
  e.tilt = 1.5 + face.eye_tilt;
  const double surprise = 1 + .12 * std::max(pose.brow_raise, 0.0);
  // A shut upper lid comes down to the lower one.
  e.lower = (11.5 - 3.5 * pose.squint) * face.eye_size * (1 - .25 * pose.blink);
  e.upper = 19.0 * face.eye_size * surprise * open * (1 - .12 * std::max(pose.gaze_y, 0.0)) -
            e.lower * .86 * pose.blink;
  const double x = side * kEyeX * (face.width * .5 + .5);
  e.inner = {x - side * e.half_width, kEyeY + 3.5};
  e.outer = {x + side * e.half_width, kEyeY - e.tilt};
  const double w = e.half_width;
  e.top1 = {e.inner.x + side * w * .34, e.inner.y - e.upper * 1.22};
  e.top2 = {e.outer.x - side * w * .46, e.outer.y - e.upper * 1.22};
  e.low1 = {e.inner.x + side * w * .5, e.inner.y + e.lower * 1.15};
  e.low2 = {e.outer.x - side * w * .36, e.outer.y + e.lower * 1.35 + e.tilt * .4};
  return e;
}

Path opening(const EyeShape& e) {
  Path path;
  path.move(e.inner).curve(e.top1, e.top2, e.outer).curve(e.low2, e.low1, e.inner);
  return path.close();
}

void draw_eyeball(cairo_t* c, const Character& who, const EyeShape& e, const Pose& pose) {
  const SkinTones skin = skin_tones(who.complexion);
  const double x = (e.inner.x + e.outer.x) / 2, y = kEyeY;
  const Path hole = opening(e);
  fill(c, hole,
       Paint::linear({x, y - 20}, {x, y + 12},
                     {{0, hex(0xDCD8DC)}, {.45, hex(0xFBFAF8)}, {1, hex(0xEFE9E6)}}));
  const Inside inside(c, hole);
  const double r = 16.8 * std::sqrt(who.face.eye_size);
  const Point iris{x + pose.gaze_x * 9, y - 3.0 + pose.gaze_y * 6};
  const Colour colour = who.complexion.iris;
  fill(c, Path::ellipse(iris, r, r),
       Paint::radial({iris.x, iris.y + 5}, r * 1.35,
                     {{0, lighter(colour, .38)},
                      {.45, colour},
                      {.78, darker(colour, .45)},
                      {1, darker(colour, .72)}}));
  fill(c, Path::ellipse(iris, r * .47, r * .47), hex(0x0D0908));
  glow(c, {iris.x + 1, iris.y + r * .55}, r * .6, r * .36, lighter(colour, .6).with_alpha(.55));
  // The upper lid's shadow on the ball.
  Path lid;
  lid.move(e.inner).curve(e.top1, e.top2, e.outer);
  stroke(c, lid.moved({0, 3}), hex(0x33201C, .20), 9);
  stroke(c, lid.moved({0, 1}), hex(0x33201C, .22), 5);
  fill(c, Path::ellipse({iris.x - 5.2, iris.y - 6}, 4.7, 4.4), hex(0xFFFFFF, .96));
  fill(c, Path::ellipse({iris.x + 5.5, iris.y + 5.5}, 2.2, 2), hex(0xFFFFFF, .6));
  // The inner corner.
  glow(c, {e.inner.x + e.side * 2, e.inner.y + .5}, 6, 4,
       mix(skin.base, hex(0xD06A66), .55).with_alpha(.8));
}

void draw_lids(cairo_t* c, const Character& who, const EyeShape& e, const Pose& pose) {
  const SkinTones skin = skin_tones(who.complexion);
  const Face& face = who.face;
  const double s = e.side, w = e.half_width;
  const Colour lash = mix(darker(who.complexion.brow, .55), hex(0x1A100D), .6);
  // The lid itself, from the crease down to the lashes.
  const double crease_y = kEyeY - 23.5 * face.eye_size - 1.5 * pose.brow_raise + 4 * pose.blink;
  const Point c1{e.inner.x + s * w * .3, crease_y + 1}, c2{e.outer.x - s * w * .4, crease_y - 2};
  Path lid;
  lid.move(e.inner)
      .curve(c1, c2, {e.outer.x + s * 3, e.outer.y - 1})
      .line(e.outer)
      .curve(e.top2, e.top1, e.inner)
      .close();
  const Colour tone =
      mix(mix(skin.base, skin.shade, .62), mix(skin.deep, hex(0x8A4A52), .35), face.makeup * .55);
  fill(
      c, lid,
      Paint::linear({0, crease_y}, {0, kEyeY},
                    {{0, mix(tone, skin.deep, .16)}, {.5, tone}, {1, mix(tone, skin.light, .18)}}));
  if (face.lid_fold > 0)
    brush(c,
          {{e.inner.x + s * w * .16, (e.inner.y + crease_y * 2.2) / 3.2},
           {(e.inner.x + e.outer.x) / 2 - s * 2, crease_y + 5.2},
           {e.outer.x - s * w * .2, crease_y + 8},
           {e.outer.x + s * 2.5, e.outer.y - 5}},
          skin.line.with_alpha(.62 * face.lid_fold), .6, 2.6, .5);
  // The line of the lashes, thicker outwards, with a wing.
  const double weight = 3.4 + 2.6 * face.lashes;
  Path line;
  const Point wing{e.outer.x + s * (3 + 8 * face.lashes),
                   e.outer.y - (1 + 5.5 * face.lashes) * (1 - .9 * pose.blink)};
  line.move({e.inner.x - s * 1.5, e.inner.y + 1});
  line.curve({e.top1.x, e.top1.y - .3}, {e.top2.x, e.top2.y - weight * .55},
             {e.outer.x + s * .5, e.outer.y - weight * .35});
  line.line(wing);
  line.curve({e.outer.x - s * 1, e.outer.y + weight * .45},
             {e.outer.x - s * 2, e.outer.y + weight * .4}, {e.outer.x - s * 1.5, e.outer.y + .8});
  line.curve({e.top2.x, e.top2.y + weight * .85}, {e.top1.x, e.top1.y + weight * .5},
             {e.inner.x - s * 1.5, e.inner.y + 1});
  line.close();
  fill(c, line, lash);
  if (face.lashes > .55) {
    // Three lashes towards the outer corner.
    for (int i = 0; i < 3; ++i) {
      const double t = .74 + .1 * i, u = 1 - t;
      const Point p = e.inner * (u * u * u) + e.top1 * (3 * u * u * t) + e.top2 * (3 * u * t * t) +
                      e.outer * (t * t * t);
      const double reach = (7.5 + i) * face.lashes;
      const double lift = 1 - 1.7 * pose.blink;
      brush(c,
            {{p.x, p.y - 1},
             {p.x + s * reach * .5, p.y - reach * .45 * lift},
             {p.x + s * reach, p.y - reach * .75 * lift}},
            lash, 2.4, 1.9, .4);
    }
  }
  // The lower lid: a hint.
  brush(c,
        {{e.inner.x + s * w * .35, e.inner.y + e.lower * .62},
         {(e.inner.x + e.outer.x) / 2 + s * 3, kEyeY + e.lower * .98},
         {e.outer.x - s * 1, e.outer.y + 2}},
        mix(skin.line, lash, .3).with_alpha(.62), .4, 1.7, 2.2);
}

}  // namespace

void draw_eyes(cairo_t* c, const Character& who, const Pose& pose) {
  for (const double side : {-1.0, 1.0}) {
    const EyeShape e = eye_shape(who.face, pose, side);
    if (pose.blink < .96) draw_eyeball(c, who, e, pose);
    draw_lids(c, who, e, pose);
  }
}

void draw_brows(cairo_t* c, const Character& who, const Pose& pose) {
  const Face& face = who.face;
  const Colour colour = who.complexion.brow;
  for (const double s : {-1.0, 1.0}) {
    const double x = s * kEyeX;
    const double y = kBrowY, arch = 7.5 * face.brow_arch;
    const double inner_lift = 5 * pose.brow_tilt, t = 5.2 * face.brow_weight;
    const Point inner{x - s * 29, y + 2.5 - inner_lift}, peak{x + s * 12, y - arch * .72},
        outer{x + s * 41, y + 8 - face.eye_tilt * .6};
    // Thick at the nose, thin at the temple.
    const Path shape = Path::through({{inner.x, inner.y - t * .6},
                                      {x - s * 10, y - arch * .38 - t * .72},
                                      {peak.x, peak.y - t * .62},
                                      {outer.x, outer.y},
                                      {peak.x + s * 1, peak.y + t * .55},
                                      {x - s * 9, y - arch * .2 + t * .75},
                                      {inner.x + s * .5, inner.y + t * .9},
                                      {inner.x - s * 2, inner.y + t * .2}},
                                     true, .9);
    fill(c, shape,
         Paint::linear(inner, outer,
                       {{0, colour.with_alpha(.72)}, {.25, colour.with_alpha(.95)}, {1, colour}}));
  }
}

double brow_lift(const Pose& pose) { return 9 * pose.brow_raise - 2 * pose.blink; }

}  // namespace understudy::avatar
