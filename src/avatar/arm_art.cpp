#include <algorithm>
#include <cmath>

#include "avatar/body_art.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

// A bent limb: points of its middle with half widths.
struct Limb {
  std::vector<Point> middle;
  std::vector<double> half;
};

Limb limb_of(Point shoulder, Point elbow, Point wrist, double w_shoulder, double w_elbow,
             double w_wrist) {
  // Two straight bones with a rounded bend.
  constexpr int kSteps = 28;
  Limb limb;
  const Point a = lerp(shoulder, elbow, .74), b = lerp(elbow, wrist, .26);
  const auto add = [&](Point p, double half) {
    limb.middle.push_back(p);
    limb.half.push_back(half);
  };
  for (int i = 0; i <= kSteps; ++i) {
    const double t = i / static_cast<double>(kSteps);
    const double mid = w_shoulder + (w_elbow - w_shoulder) * t;
    if (t < .4) {
      const double k = t / .4;
      add(lerp(shoulder, a, k), w_shoulder + (w_elbow - w_shoulder) * k * .8);
    } else if (t < .6) {
      const double k = (t - .4) / .2;
      add(lerp(lerp(a, elbow, k), lerp(elbow, b, k), k),
          w_elbow + (w_shoulder - w_elbow) * .2 * (1 - k) * (1 - k));
    } else {
      const double k = (t - .6) / .4;
      add(lerp(b, wrist, k), w_elbow + (w_wrist - w_elbow) * std::pow(k, 1.15));
    }
    (void)mid;
  }
  return limb;
}

// The outline of a part t0..t1 of a limb, `grow` wider, shifted across by `shift` (fraction of the
// half width, + to the left of its direction).
Path outline_of(const Limb& limb, double t0, double t1, double factor, double grow,
                Point shift = {}) {
  const int count = static_cast<int>(limb.middle.size());
  const int i0 = static_cast<int>(std::lround(t0 * (count - 1))),
            i1 = static_cast<int>(std::lround(t1 * (count - 1)));
  std::vector<Point> left, right;
  for (int i = i0; i <= i1; ++i) {
    const Point tangent = limb.middle[std::min(i + 1, count - 1)] - limb.middle[std::max(i - 1, 0)];
    const double norm = std::max(length(tangent), 1e-6);
    const Point normal{-tangent.y / norm, tangent.x / norm};
    const double half = limb.half[i] * factor + grow;
    left.push_back(limb.middle[i] + normal * half + shift);
    right.push_back(limb.middle[i] - normal * half + shift);
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  return Path::polygon(left);
}

void fill_limb(cairo_t* c, const Limb& limb, double t0, double t1, const Paint& paint,
               double factor = 1, double grow = 0, Point shift = {}) {
  fill(c, outline_of(limb, t0, t1, factor, grow, shift), paint);
  if (t0 == 0)
    fill(c,
         Path::ellipse(limb.middle[0] + shift, limb.half[0] * factor + grow,
                       limb.half[0] * factor + grow),
         paint);
}

// A crease: dark with a light edge above it.
void crease(cairo_t* c, const std::vector<Point>& line, const Cloth& cloth, double strength) {
  std::vector<Point> lit = line;
  for (Point& p : lit) p = p + Point{-2, -4};
  brush(c, lit, lighter(cloth.light, .3).with_alpha(.22 * strength), .5, 6, .5);
  brush(c, line, cloth.deep.with_alpha(.26 * strength), .5, 9, .5);
  brush(c, line, cloth.deep.with_alpha(.4 * strength), .5, 4, .5);
}

void draw_sleeve(cairo_t* c, const Limb& limb, const Cloth& cloth, double end, double side) {
  const Paint paint = cloth_paint(cloth);
  const Point shoulder = limb.middle.front(), elbow = limb.middle[limb.middle.size() / 2],
              wrist = limb.middle.back();
  // The arm's own shadow on the body.
  for (const double grow : {13.0, 9.0, 5.0})
    fill_limb(c, limb, .16, end,
              Paint::linear(shoulder, elbow,
                            {{0, cloth.deep.with_alpha(0)},
                             {.45, cloth.deep.with_alpha(.13)},
                             {1, cloth.deep.with_alpha(.13)}}),
              1, grow, {5, 7});
  fill_limb(c, limb, 0, end, paint);
  const Path whole = outline_of(limb, 0, end, 1, 0);
  const Clip clip(c, whole);
  // Round form: shade far from the light, in thin steps; none at the shoulder, where it is torso.
  const auto faded = [&](Colour k) {
    return Paint::linear(shoulder, lerp(shoulder, elbow, .75), {{0, k.with_alpha(0)}, {1, k}});
  };
  for (int i = 0; i < 5; ++i) {
    Path far = outline_of(limb, 0, 1, 1, 60);
    far.append(outline_of(limb, 0, 1, .98 - .11 * i, 0, Point{-6.0 - 4 * i, -6.0 - 4 * i}));
    cairo_set_fill_rule(c, CAIRO_FILL_RULE_EVEN_ODD);
    fill(c, far, faded(cloth.deep.with_alpha(.14)));
    cairo_set_fill_rule(c, CAIRO_FILL_RULE_WINDING);
  }
  for (int i = 0; i < 3; ++i)
    fill(c, outline_of(limb, .0, 1, .46 - .12 * i, 0, {-14, -12}),
         faded(lighter(cloth.light, .3).with_alpha(.10)));
  // Creases in the bend of the elbow.
  const Point in = lerp(lerp(shoulder, wrist, .5), elbow, .80);
  const Point along = (wrist - shoulder) * (1 / std::max(length(wrist - shoulder), 1.0));
  const Point across{-along.y, along.x};
  const double bend = std::clamp(1 - length(wrist - shoulder) /
                                         (length(elbow - shoulder) + length(wrist - elbow) + 1),
                                 0.0, .6) *
                      2;
  const double w = limb.half[limb.half.size() / 2];
  for (int i = -1; i <= 1; ++i) {
    const Point p = in + along * (i * 20.0);
    crease(c,
           {p + across * (-side * w * .2), p + across * (side * w * .35) + along * (i * 6.0),
            p + across * (side * w * 1.1) + along * (i * 12.0)},
           cloth, (.4 + bend) * (i == 0 ? 1 : .7));
  }
}

void draw_cuff(cairo_t* c, const Limb& limb, double t0, double t1, const Cloth& cloth,
               double grow) {
  fill(c, outline_of(limb, t0, t1, 1, grow),
       Paint::linear(limb.middle.back() + Point{-30, -20}, limb.middle.back() + Point{30, 24},
                     {{0, cloth.light}, {.5, cloth.base}, {1, cloth.deep}}));
}

void draw_arm(cairo_t* c, const Character& who, const Outfit& outfit, const ArmPose& pose,
              double side) {
  const bool has_outer = outfit.outer != Outer::none;
  const Cloth cloth = cloth_of(has_outer ? outfit.outer_colour : outfit.top_colour);
  const SkinTones skin = skin_tones(who.complexion);
  const double s = who.build.shoulders;
  const double bulk = .94 + (s - 1) * .7 + (has_outer ? .06 : 0);
  const Point shoulder = shoulder_of(who.build, side);
  const Limb limb = limb_of(shoulder, pose.elbow, pose.wrist, 62 * bulk, 50 * bulk,
                            (outfit.has_short_sleeves ? 31 : 38) * bulk);
  const double hand_scale = .96 * (.86 + .14 * s);
  const auto hand = [&] {
    const Saved saved(c);
    cairo_translate(c, pose.wrist.x, pose.wrist.y);
    if (side > 0) cairo_scale(c, -1, 1);
    cairo_rotate(c, pose.hand_angle);
    cairo_scale(c, hand_scale, hand_scale);
    draw_hand(c, who.complexion, pose.hand);
  };
  if (outfit.has_short_sleeves) {
    const Limb bare = limb_of(shoulder, pose.elbow, pose.wrist, 50 * bulk, 40 * bulk, 27 * bulk);
    const Cloth flesh{skin.base, skin.light, skin.shade, skin.deep};
    fill_limb(c, bare, .1, 1, Paint(skin.deep.with_alpha(.18)), 1, 8, {5, 7});
    fill(c, outline_of(bare, .1, 1, 1, 0),
         Paint::linear(shoulder + Point{-50, 0}, shoulder + Point{60, 60},
                       {{0, skin.base}, {1, mix(skin.base, skin.shade, .5)}}));
    {
      const Clip clip(c, outline_of(bare, .1, 1, 1, 0));
      for (int i = 0; i < 5; ++i) {
        Path far = outline_of(bare, 0, 1, 1, 60);
        far.append(outline_of(bare, 0, 1, .96 - .11 * i, 0, Point{-5.0 - 3 * i, -5.0 - 3 * i}));
        cairo_set_fill_rule(c, CAIRO_FILL_RULE_EVEN_ODD);
        fill(c, far, flesh.deep.with_alpha(.13));
        cairo_set_fill_rule(c, CAIRO_FILL_RULE_WINDING);
      }
      for (int i = 0; i < 3; ++i)
        fill(c, outline_of(bare, .1, 1, .4 - .1 * i, 0, {-10, -8}), flesh.light.with_alpha(.16));
    }
    hand();
    draw_sleeve(c, limb, cloth, .3, side);
    stroke(c,
           Path::polygon({limb.middle[8] + Point{-limb.half[8] * .98, -2},
                          limb.middle[8] + Point{limb.half[8] * .98, 4}}),
           cloth.deep.with_alpha(.5), 3);
    return;
  }
  hand();
  if (has_outer &&
      (outfit.top == Top::shirt || outfit.top == Top::blouse || outfit.top == Top::turtleneck)) {
    draw_cuff(c, limb, .955, 1, cloth_of(outfit.top_colour), -6);
    draw_sleeve(c, limb, cloth, .955, side);
  } else {
    draw_sleeve(c, limb, cloth, 1, side);
    draw_cuff(c, limb, .93, 1, cloth, 1.5);
  }
}

}  // namespace

void draw_arms(cairo_t* c, const Character& who, const Outfit& outfit, const ArmPose& left,
               const ArmPose& right) {
  draw_arm(c, who, outfit, right, 1);
  draw_arm(c, who, outfit, left, -1);
}

}  // namespace understudy::avatar
