#include <algorithm>
#include <cmath>

#include "avatar/feature_art.h"
#include "avatar/skin.h"

namespace understudy::avatar {
namespace {

// The contours of the lips. All y are absolute; the left half mirrors the right one.
struct Lips {
  double half_width;
  double corner_y;
  double inner_top;  // of the opening, in the middle
  double inner_bottom;
  double upper_thick;  // at the peaks of the bow
  double lower_thick;
  double pucker;
  bool is_open;
};

Lips lips_of(const Face& face, const MouthShape& m) {
  Lips lips;
  const double full = face.lip_fullness;
  lips.half_width =
      43 * face.mouth_width * (1 + .26 * m.width + .07 * m.smile * (1 - m.open)) - 9 * m.pucker;
  const double gap = 46 * m.open;
  // The upper lip rises a little, the lower one follows the jaw.
  lips.inner_top = kMouthY - gap * .17 - 3.5 * m.upper_raise * std::min(1.0, m.open * 4);
  lips.inner_bottom = m.open > 0 ? lips.inner_top + gap : lips.inner_top;
  lips.corner_y = kMouthY + gap * .17 - 7.5 * m.smile * (1 - .45 * m.open) * (1 - m.pucker);
  lips.upper_thick = (10.5 + 2.5 * m.pucker - 2.2 * m.press - 1.5 * m.open) * full;
  lips.lower_thick =
      (13.5 + 3 * m.pucker - 3.0 * m.press - 2.0 * m.open - 4.5 * m.lower_tuck) * full;
  lips.pucker = m.pucker;
  lips.is_open = m.open > 0;
  return lips;
}

// The inner edge of a lip from the left corner to the right one, sagging to `y` in the middle.
void inner_edge(Path& path, const Lips& l, double y, bool is_forward) {
  const double w = l.half_width - 3, s = is_forward ? 1 : -1;
  const double depth = y - l.corner_y;
  path.curve({-s * w * .62, l.corner_y + depth * 1.06}, {-s * w * .36, y}, {0, y});
  path.curve({s * w * .36, y}, {s * w * .62, l.corner_y + depth * 1.06}, {s * w, l.corner_y});
}

Path opening_of(const Lips& l) {
  Path path;
  path.move({-(l.half_width - 3), l.corner_y});
  inner_edge(path, l, l.inner_top, true);
  inner_edge(path, l, l.inner_bottom, false);
  return path.close();
}

Path upper_lip(const Lips& l) {
  const double w = l.half_width, top = l.inner_top - l.upper_thick;
  const double bow = l.upper_thick * .30, peak = w * (.22 - .05 * l.pucker);
  Path path;
  path.move({-w, l.corner_y});
  path.curve({-w * .66, l.corner_y - (l.corner_y - top) * .62}, {-w * .42, top - 1}, {-peak, top});
  path.curve({-peak * .5, top}, {-peak * .4, top + bow}, {0, top + bow});
  path.curve({peak * .4, top + bow}, {peak * .5, top}, {peak, top});
  path.curve({w * .42, top - 1}, {w * .66, l.corner_y - (l.corner_y - top) * .62}, {w, l.corner_y});
  path.line({w - 3, l.corner_y});
  inner_edge(path, l, l.inner_top + (l.is_open ? 0 : .8), false);
  return path.close();
}

Path lower_lip(const Lips& l) {
  const double w = l.half_width, bottom = l.inner_bottom + l.lower_thick;
  Path path;
  path.move({-(w - 3), l.corner_y});
  inner_edge(path, l, l.inner_bottom - (l.is_open ? 0 : .8), true);
  path.line({w - 1.5, l.corner_y + .5});
  const double depth = bottom - l.corner_y;
  path.curve({w * .72, l.corner_y + depth * .72}, {w * .46, bottom}, {0, bottom});
  path.curve({-w * .46, bottom}, {-w * .72, l.corner_y + depth * .72},
             {-(w - 1.5), l.corner_y + .5});
  return path.close();
}

void draw_inside(cairo_t* c, const Lips& l, const MouthShape& m) {
  const Path hole = opening_of(l);
  fill(c, hole,
       Paint::linear({0, l.inner_top}, {0, l.inner_bottom},
                     {{0, hex(0x2A0B10)}, {.55, hex(0x4E151C)}, {1, hex(0x6E2229)}}));
  const Inside inside(c, hole);
  const double gap = l.inner_bottom - l.inner_top, w = l.half_width;
  // The tongue lies low; for l and th its tip comes up behind the teeth.
  const double tip = l.inner_bottom - gap * (.16 + .48 * m.tongue);
  if (gap > 9 || m.tongue > .5) {
    fill(c, Path::ellipse({0, tip + gap * .42}, w * .56, gap * .46),
         Paint::radial({-5, tip + gap * .16}, w * .7,
                       {{0, hex(0xE58B8C)}, {.6, hex(0xC75E66)}, {1, hex(0x9A3D48)}}));
    brush(c, {{0, tip + gap * .08}, {0, tip + gap * .5}}, hex(0x9A3D48, .45), .5, 2.4, 1.5);
  }
  // Lower teeth show only in a wide opening.
  if (gap > 26 && l.pucker < .5) {
    const double rise = std::min(6.0, (gap - 26) * .4);
    fill(c, Path::ellipse({0, l.inner_bottom + 9 - rise}, w * .46, 10),
         Paint::linear({0, l.inner_bottom - rise}, {0, l.inner_bottom + 4},
                       {{0, hex(0xE9E2DA)}, {1, hex(0xB9ABA4)}}));
  }
  // Upper teeth hang from the skull: their edge does not move with the lip.
  const double edge = std::min(kMouthY + 4.5 - 4 * l.pucker, l.inner_bottom - gap * .12);
  const double reach = w * (.80 - .18 * l.pucker);
  Path teeth;
  teeth.move({-reach, l.corner_y - 16}).line({reach, l.corner_y - 16});
  teeth.curve({reach, l.corner_y + 1}, {reach * .6, edge}, {0, edge});
  teeth.curve({-reach * .6, edge}, {-reach, l.corner_y + 1}, {-reach, l.corner_y - 16}).close();
  fill(c, teeth,
       Paint::radial({-4, edge - 6}, reach * 1.25,
                     {{0, hex(0xFFFFFC)}, {.62, hex(0xF6F1EA)}, {1, hex(0xB5A29C)}}));
  // The upper lip's shadow on them.
  Path lip;
  lip.move({-(w - 3), l.corner_y});
  inner_edge(lip, l, l.inner_top, true);
  stroke(c, lip, hex(0x3A1014, .26), std::min(7.0, gap * .35));
  stroke(c, lip, hex(0x3A1014, .30), std::min(3.0, gap * .2));
}

}  // namespace

MouthOpening mouth_opening(const Face& face, const MouthShape& shape) {
  const Lips lips = lips_of(face, shape);
  return {{0, (lips.inner_top + lips.inner_bottom) / 2},
          2 * lips.half_width,
          lips.inner_bottom - lips.inner_top};
}

double jaw_drop(const MouthShape& shape) { return 21 * shape.open; }

void draw_mouth(cairo_t* c, const Character& who, const Pose& pose) {
  const MouthShape& shape = pose.mouth;
  const Lips l = lips_of(who.face, shape);
  const SkinTones skin = skin_tones(who.complexion);
  const Colour lips = who.complexion.lips;
  const double bottom = l.inner_bottom + l.lower_thick;
  // The fold under the lower lip, and dimples at the corners.
  glow(c, {1, bottom + 6}, l.half_width * .72, 7, skin.deep.with_alpha(.34));
  for (const double s : {-1.0, 1.0})
    brush(c,
          {{s * (l.half_width - 1), l.corner_y - 3},
           {s * (l.half_width + 4.5), l.corner_y - 1 - shape.smile},
           {s * (l.half_width + 4), l.corner_y + 5}},
          skin.line.with_alpha(.34), .6, 2.6, .6);
  const Path upper = upper_lip(l), lower = lower_lip(l);
  if (l.is_open) draw_inside(c, l, shape);
  fill(c, upper,
       Paint::linear({-10, l.inner_top - l.upper_thick}, {6, l.inner_top + 2},
                     {{0, mix(lips, skin.light, .16)}, {.5, lips}, {1, darker(lips, .26)}}));
  fill(c, lower,
       Paint::linear({-8, l.inner_bottom}, {6, bottom},
                     {{0, darker(lips, .10)},
                      {.32, mix(lips, skin.light, .24)},
                      {.7, lips},
                      {1, darker(lips, .14)}}));
  // Light on the lower lip.
  const double shine = .30 + .35 * who.face.makeup;
  glow(c, {-7, l.inner_bottom + l.lower_thick * .42}, l.half_width * .36, l.lower_thick * .26,
       hex(0xFFF4EE, shine));
  const Colour seam = mix(darker(lips, .62), hex(0x3A1216), .35);
  if (!l.is_open) {
    const double w = l.half_width - 1;
    brush(c,
          {{-w, l.corner_y - .5},
           {-w * .52, l.corner_y + (l.inner_top - l.corner_y) * .92},
           {0, l.inner_top + .6},
           {w * .52, l.corner_y + (l.inner_top - l.corner_y) * .92},
           {w, l.corner_y - .5}},
          seam.with_alpha(.88), 1.6, 3.2, 1.6);
  } else {
    Path edge;
    edge.move({-(l.half_width - 3), l.corner_y});
    inner_edge(edge, l, l.inner_top, true);
    stroke(c, edge, seam.with_alpha(.6), 1.6);
    for (const double s : {-1.0, 1.0})
      brush(c, {{s * (l.half_width - 7), l.corner_y}, {s * (l.half_width + 1), l.corner_y - .5}},
            seam.with_alpha(.75), 2.4, 1.8, .6);
  }
}

}  // namespace understudy::avatar
