#include <algorithm>
#include <cmath>

#include "avatar/body_art.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

using Finger = HandShape::Finger;

struct HandTones {
  Colour base, light, shade, line, nail;
};

HandTones hand_tones(const Complexion& complexion, double back) {
  const SkinTones skin = skin_tones(complexion);
  // Palms are lighter and rosier than the backs of hands, the more so on dark skin.
  const double dark = 1 - luminance(skin.base);
  const Colour palm = mix(mix(skin.base, skin.light, .25), hex(0xE9A98C), .10 + .38 * dark * dark);
  HandTones tones;
  tones.base = mix(palm, skin.base, back);
  tones.light = mix(mix(palm, hex(0xFFEBDD), .4), mix(skin.base, skin.light, .7), back);
  tones.shade = mix(multiply(palm, {.86, .70, .66}), skin.shade, back);
  tones.line = mix(multiply(palm, {.66, .44, .40}), skin.line, back);
  tones.nail = mix(skin.light, hex(0xF3B9AC), .5);
  return tones;
}

// A point of the finger's middle, 0 root .. 1 tip, on a curve through its joints.
Point middle_of(const Finger& f, double t) {
  const double at = std::clamp(t, 0.0, 1.0) * 3;
  const int i = std::min(static_cast<int>(at), 2);
  const double k = at - i;
  const auto joint = [&](int n) { return f.joints[std::clamp(n, 0, 3)]; };
  const Point p0 = joint(i - 1), p1 = joint(i), p2 = joint(i + 1), p3 = joint(i + 2);
  return (p1 * 2 + (p2 - p0) * k + (p0 * 2 - p1 * 5 + p2 * 4 - p3) * (k * k) +
          (p1 * 3 - p0 - p2 * 3 + p3) * (k * k * k)) *
         .5;
}

// The outline from t0 on, `grow` wider, with a round tip; one closed curve.
Path finger_outline(const Finger& f, double t0, double grow) {
  constexpr int kSteps = 14;
  std::vector<Point> left, right;
  for (int i = 0; i <= kSteps; ++i) {
    const double t = t0 + (1 - t0) * i / kSteps;
    const Point p = middle_of(f, t);
    const Point tangent = middle_of(f, t + .02) - middle_of(f, t - .02);
    const double norm = std::max(length(tangent), 1e-6);
    // A finger tapers, with a slight swell at the middle knuckle.
    const double half = f.width / 2 * (1 - .22 * t + .05 * std::sin(t * 6.3)) + grow;
    const Point normal{-tangent.y / norm * half, tangent.x / norm * half};
    left.push_back(p + normal);
    right.push_back(p - normal);
    if (i < kSteps) continue;
    for (const double turn : {-.5236, -1.0472, -1.5708, -2.0944, -2.618})
      left.push_back(p + rotate(normal, turn));
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  return Path::polygon(left);
}

void draw_finger(cairo_t* c, const Finger& f, const HandTones& tones, double back) {
  fill(c, finger_outline(f, .16, 1.7), tones.line.with_alpha(.62));
  const Path root = Path::ellipse(f.joints[0], f.width / 2, f.width / 2);
  fill(c, root, tones.base);
  fill(c, finger_outline(f, 0, 0),
       Paint::linear(middle_of(f, 0), middle_of(f, 1),
                     {{0, tones.base},
                      {.7, mix(tones.base, tones.light, .35)},
                      {1, mix(tones.base, hex(0xE88F80), .18)}}));
  // Light along one side.
  std::vector<Point> lit;
  for (const double t : {.2, .5, .88})
    lit.push_back(middle_of(f, t) + Point{-f.width * .16, -f.width * .1});
  brush(c, lit, tones.light.with_alpha(.55), 1, f.width * .3, 1.5);
  // Creases at the knuckles: inside on the palm's side, outside on the back.
  Path creases;
  for (const double t : {.40, .70}) {
    const Point p = middle_of(f, t), d = middle_of(f, t + .03) - middle_of(f, t - .03);
    const double norm = std::max(length(d), 1e-6);
    const Point n{-d.y / norm * f.width * .26, d.x / norm * f.width * .26};
    creases.append(brush_outline({p + n, p + d * .2, p - n}, .4, 1.6, .4));
  }
  fill(c, creases, tones.line.with_alpha(.30));
  if (back > .6) {
    const Point tip = middle_of(f, .97), d = middle_of(f, 1) - middle_of(f, .9);
    const double angle = std::atan2(d.y, d.x);
    fill(c, Path::ellipse(tip, f.width * .27, f.width * .22, angle),
         tones.nail.with_alpha((back - .6) / .4));
  }
}

}  // namespace

void draw_hand(cairo_t* c, const Complexion& complexion, const HandShape& hand) {
  const HandTones tones = hand_tones(complexion, hand.back);
  const std::vector<Point> palm(hand.palm.begin(), hand.palm.end());
  const Path outline = Path::through(palm, true, .9);
  const Finger& thumb = hand.fingers[0];
  const bool is_thumb_over = hand.thumb_over > .5;
  if (!is_thumb_over) draw_finger(c, thumb, tones, hand.back);
  // An edge round the palm, then the palm.
  stroke(c, outline, tones.line.with_alpha(.5), 3.2);
  fill(c, outline,
       Paint::linear({-40, -90}, {46, 0},
                     {{0, mix(tones.base, tones.light, .5)},
                      {.5, tones.base},
                      {1, mix(tones.base, tones.shade, .7)}}));
  if (!is_thumb_over)
    fill(c, finger_outline(thumb, 0, -.5),
         Paint::linear(middle_of(thumb, .15), middle_of(thumb, .6),
                       {{0, tones.base}, {1, tones.base.with_alpha(0)}}));
  for (std::size_t i = hand.fingers.size(); i-- > 1;)
    draw_finger(c, hand.fingers[i], tones, hand.back);
  const double inside = 1 - hand.back;
  if (inside > .3) {
    const double k = (inside - .3) / .7;
    glow(c, {22, -36}, 26, 34, tones.light.with_alpha(.5 * k));
    brush(c, {{34, -70}, {12, -62}, {2, -34}, {8, -8}}, tones.line.with_alpha(.36 * k), .4, 2.4,
          .5);
    brush(c, {{-36, -66}, {-6, -74}, {22, -86}}, tones.line.with_alpha(.3 * k), .4, 2.2, .5);
    brush(c, {{-36, -50}, {-8, -54}, {18, -66}}, tones.line.with_alpha(.22 * k), .4, 2, .5);
  } else {
    for (std::size_t i = 1; i < hand.fingers.size(); ++i)
      glow(c, hand.fingers[i].joints[0] + Point{0, 6}, 10, 7, tones.shade.with_alpha(.5));
  }
  if (is_thumb_over) draw_finger(c, thumb, tones, hand.back);
}

}  // namespace understudy::avatar
