#include <algorithm>
#include <cmath>

#include "avatar/body_art.h"
#include "avatar/outfit_art.h"
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
  constexpr int kSteps = 56;
  Limb limb;
  const Point a = lerp(shoulder, elbow, .74), b = lerp(elbow, wrist, .26);
  const auto add = [&](Point p, double half) {
    limb.middle.push_back(p);
    limb.half.push_back(half);
  };
  for (int i = 0; i <= kSteps; ++i) {
    const double t = i / static_cast<double>(kSteps);
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
  }
  return limb;
}

// A point of the edge: `side` -1 or 1 across.
Point outline_point(const Limb& limb, double t, double side, double grow) {
  const int count = static_cast<int>(limb.middle.size());
  const int i = static_cast<int>(std::lround(t * (count - 1)));
  const Point tangent = limb.middle[std::min(i + 1, count - 1)] - limb.middle[std::max(i - 1, 0)];
  const double norm = std::max(length(tangent), 1e-6);
  return limb.middle[i] +
         Point{-tangent.y / norm, tangent.x / norm} * (side * (limb.half[i] + grow));
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
  // As quads of one orientation: where a sharp bend makes the edges cross, a plain outline would
  // have a hole.
  Path path;
  for (std::size_t i = 0; i + 1 < left.size(); ++i) {
    const Point d1 = right[i + 1] - left[i], d2 = right[i] - left[i + 1];
    const bool is_clockwise = d1.x * d2.y - d1.y * d2.x > 0;
    path.move(left[i]).line(is_clockwise ? left[i + 1] : right[i]).line(right[i + 1]);
    path.line(is_clockwise ? right[i] : left[i + 1]).close();
  }
  return path;
}

void fill_limb(cairo_t* c, const Limb& limb, double t0, double t1, const Paint& paint,
               double factor = 1, double grow = 0, Point shift = {}) {
  fill(c, outline_of(limb, t0, t1, factor, grow, shift), paint);
  const double cap = limb.half[0] * factor + grow;
  if (t0 == 0) fill(c, Path::ellipse(limb.middle[0] + shift, cap, cap), paint);
}

// 0 for a straight arm or a soft curve .. 1 when the forearm lies back on the upper arm.
double sharpness(const Limb& limb) {
  const double straight = length(limb.middle.back() - limb.middle.front());
  const Point elbow = limb.middle[limb.middle.size() / 2];
  const double bones = length(elbow - limb.middle.front()) + length(limb.middle.back() - elbow);
  return std::clamp((.82 - straight / std::max(bones, 1.0)) * 3, 0.0, 1.0);
}

// A sharp bend leaves gaps and corners in the outline; discs along it make the elbow round.
void fill_bend(cairo_t* c, const Limb& limb, const Paint& paint) {
  const double size = std::min(1.0, sharpness(limb) * 5);
  if (size <= 0) return;
  const int count = static_cast<int>(limb.middle.size());
  for (int i = count * 9 / 20; i <= count * 11 / 20; ++i)
    fill(c, Path::ellipse(limb.middle[i], limb.half[i] * size, limb.half[i] * size), paint);
}

// A strip along the edge that faces `towards`, as deep as `depth` of the half width; it grows from
// nothing at the shoulder, where the arm is still torso.
Path edge_strip(const Limb& limb, double side, double t0, double t1, Point towards, double depth,
                double inset) {
  const int count = static_cast<int>(limb.middle.size());
  const int i0 = static_cast<int>(std::lround(t0 * (count - 1)));
  const int i1 = static_cast<int>(std::lround(t1 * (count - 1)));
  std::vector<Point> outer, inner;
  for (int i = i0; i <= i1; ++i) {
    const Point tangent = limb.middle[std::min(i + 1, count - 1)] - limb.middle[std::max(i - 1, 0)];
    const double norm = std::max(length(tangent), 1e-6);
    const Point normal{-tangent.y / norm * side, tangent.x / norm * side};
    const double facing = std::max(normal.x * towards.x + normal.y * towards.y, 0.0);
    const double t = i / static_cast<double>(count - 1);
    // Nor in the bend, where the edges fold over each other.
    const double ramp =
        std::clamp(std::min((t - .04) / .2, std::abs(t - .5) / .14 - .35), 0.0, 1.0);
    const double deep = depth * ramp * std::min(1.0, 1.6 * facing);
    outer.push_back(limb.middle[i] + normal * (limb.half[i] * (1 - inset * ramp)));
    inner.push_back(limb.middle[i] + normal * (limb.half[i] * (1 - inset * ramp - deep)));
  }
  outer.insert(outer.end(), inner.rbegin(), inner.rend());
  return Path::polygon(outer);
}

constexpr Point kAwayFromLight{.64, .77};
constexpr Point kToLight{-.64, -.77};

// Shade and light that make a limb round, in thin steps of plain colour: fast, and without a clip.
void round_limb(cairo_t* c, const Limb& limb, double t0, double t1, Colour deep, Colour light) {
  for (const double side : {-1.0, 1.0}) {
    for (int i = 0; i < 4; ++i)
      fill(c, edge_strip(limb, side, t0, t1, kAwayFromLight, .18 + .22 * i, 0),
           deep.with_alpha(.14));
    for (int i = 0; i < 2; ++i)
      fill(c, edge_strip(limb, side, t0, t1, kToLight, .48 - .2 * i, .12 + .1 * i),
           light.with_alpha(.13));
  }
}

// A crease: dark with a light edge above it.
void crease(cairo_t* c, const std::vector<Point>& line, const Cloth& cloth, double strength) {
  std::vector<Point> lit = line;
  for (Point& p : lit) p = p + Point{-2, -4};
  brush(c, lit, lighter(cloth.light, .3).with_alpha(.20 * strength), .5, 6, .5);
  brush(c, line, cloth.deep.with_alpha(.22 * strength), .5, 10, .5);
  brush(c, line, cloth.deep.with_alpha(.34 * strength), .5, 4, .5);
}

// Creases in the bend of the elbow: they fan out from its inside.
void crease_elbow(cairo_t* c, const Limb& limb, const Cloth& cloth) {
  const Point shoulder = limb.middle.front(), wrist = limb.middle.back();
  const std::size_t half = limb.middle.size() / 2;
  const Point elbow = limb.middle[half];
  const Point chord = wrist - shoulder;
  const double norm = std::max(length(chord), 1.0);
  const double bones = length(elbow - shoulder) + length(wrist - elbow);
  const double bend = std::clamp(2.2 * (1 - norm / std::max(bones, 1.0)), 0.0, 1.0);
  const Point inside = (lerp(shoulder, wrist, .5) - elbow) *
                       (1 / std::max(length(lerp(shoulder, wrist, .5) - elbow), 1.0));
  const double w = limb.half[half];
  for (const int i : {-1, 0, 1}) {
    const Point root = limb.middle[half + 6 * i] + inside * (w * .82);
    const Point dir = rotate(inside * -1, .5 * i);
    crease(c, {root, root + dir * (w * .6) + Point{0, 3}, root + dir * (w * 1.15) + Point{0, 9}},
           cloth, (.35 + .6 * bend) * (i == 0 ? 1 : .75));
  }
}

// The upper arm with the shoulder.
void draw_upper_sleeve(cairo_t* c, const Limb& limb, const Cloth& cloth, double end) {
  fill_limb(c, limb, 0, end, cloth_paint(cloth));
  round_limb(c, limb, 0, end, cloth.deep, lighter(cloth.light, .35));
}

// The forearm from the elbow: it lies over the upper arm, and the hand between the two.
constexpr double kBend = .46;
void draw_forearm(cairo_t* c, const Limb& limb, const Cloth& cloth, double end) {
  const double bend = sharpness(limb);
  if (bend > 0) {
    cairo_set_operator(c, CAIRO_OPERATOR_ATOP);
    fill(c, outline_of(limb, .56, end, 1, 5, {3, 4}), cloth.deep.with_alpha(.30 * bend));
    cairo_set_operator(c, CAIRO_OPERATOR_OVER);
  }
  const Paint paint = cloth_paint(cloth);
  fill(c, outline_of(limb, kBend, end, 1, 0), paint);
  fill_bend(c, limb, paint);
  round_limb(c, limb, kBend, end, cloth.deep, lighter(cloth.light, .35));
  crease_elbow(c, limb, cloth);
  // The cloth gathers a little before the cuff.
  const std::size_t i = limb.middle.size() - 9;
  const Point along = limb.middle[i + 4] - limb.middle[i - 4];
  const double norm = std::max(length(along), 1e-6);
  const Point across{-along.y / norm * limb.half[i], along.x / norm * limb.half[i]};
  crease(c,
         {limb.middle[i] - across * .75, limb.middle[i] - across * .2 + along * .12,
          limb.middle[i] + across * .3},
         cloth, .4);
}

void draw_cuff(cairo_t* c, const Limb& limb, double t0, double t1, const Cloth& cloth,
               double grow) {
  fill(c, outline_of(limb, t0, t1, 1, grow),
       Paint::linear(limb.middle.back() + Point{-30, -20}, limb.middle.back() + Point{30, 24},
                     {{0, cloth.light}, {.5, cloth.base}, {1, cloth.deep}}));
  stroke(
      c,
      Path::through({outline_point(limb, t0, -1, grow), outline_point(limb, t0, 1, grow)}, false),
      cloth.deep.with_alpha(.45), 2.2);
}

// Thrown on the body, softer with the distance.
void draw_shadow(cairo_t* c, const Limb& limb, const Cloth& cloth) {
  for (const double grow : {14.0, 9.0, 4.0})
    fill(c, outline_of(limb, .1, 1, 1, grow, {6, 9}), cloth.deep.with_alpha(.12));
}

}  // namespace

void draw_arm(cairo_t* c, const Character& who, const Outfit& outfit, const ArmPose& pose,
              double side, bool lies_on_figure) {
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
  if (lies_on_figure) {
    // On what is painted already, never on the background.
    cairo_set_operator(c, CAIRO_OPERATOR_ATOP);
    draw_shadow(c, limb, cloth);
    cairo_set_operator(c, CAIRO_OPERATOR_OVER);
  } else {
    const Clip torso(c, garment_outline(who, outfit));
    draw_shadow(c, limb, cloth);
  }
  if (outfit.has_short_sleeves) {
    const Limb bare = limb_of(shoulder, pose.elbow, pose.wrist, 50 * bulk, 40 * bulk, 27 * bulk);
    const Paint bare_paint = Paint::linear(shoulder + Point{-50, 0}, shoulder + Point{60, 60},
                                           {{0, skin.base}, {1, mix(skin.base, skin.shade, .35)}});
    fill(c, outline_of(bare, .1, 1, 1, 0), bare_paint);
    round_limb(c, bare, .1, 1, skin.deep, skin.light);
    const Limb sleeve = limb_of(shoulder, pose.elbow, pose.wrist, 62 * bulk, 57 * bulk, 38 * bulk);
    constexpr double kHem = .32;
    fill(c, outline_of(bare, .2, kHem + .025, 1, 0), skin.deep.with_alpha(.3));
    draw_upper_sleeve(c, sleeve, cloth, kHem);
    const Point a = outline_point(sleeve, kHem, -1, -1), b = outline_point(sleeve, kHem, 1, -1);
    const Point along =
        (pose.elbow - shoulder) * (1 / std::max(length(pose.elbow - shoulder), 1.0));
    stroke(c, Path::through({a - along * 7, lerp(a, b, .5) - along * 5, b - along * 7}, false),
           cloth.deep.with_alpha(.4), 2);
    hand();
    // Again from the elbow on: the forearm lies over the upper arm.
    fill(c, outline_of(bare, kBend, 1, 1, 0), bare_paint);
    fill_bend(c, bare, bare_paint);
    round_limb(c, bare, kBend, 1, skin.deep, skin.light);
    return;
  }
  draw_upper_sleeve(c, limb, cloth, .56);
  hand();
  if (has_outer &&
      (outfit.top == Top::shirt || outfit.top == Top::blouse || outfit.top == Top::turtleneck)) {
    draw_cuff(c, limb, .955, 1, cloth_of(outfit.top_colour), -6);
    draw_forearm(c, limb, cloth, .955);
  } else {
    draw_forearm(c, limb, cloth, 1);
    draw_cuff(c, limb, .93, 1, cloth, 1.5);
  }
}

}  // namespace understudy::avatar
