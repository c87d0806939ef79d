#include "avatar/outfit_art.h"

#include <algorithm>
#include <cmath>

#include "avatar/body_art.h"

namespace understudy::avatar {
namespace {

// The torso's right edge from the shoulder seam down.
std::vector<Point> side_of(const Build& b, double ease, double bottom) {
  const double s = b.shoulders, w = b.waist;
  return {{150 * s, 276 - ease * .4},
          {208 * s, 300 - ease * .4},
          {256 * s + ease, 340},
          {262 * s + ease, 420},
          {214 * s + ease, 470},
          {(206 + 8 * b.bust) * s + ease, 530},
          {178 * w * (s * .5 + .5) + ease, 690},
          {196 * w + ease, 830},
          {202 * w + ease, bottom - 26},
          {201 * w + ease, bottom - 2},
          {180 * w + ease, bottom}};
}

// A garment: the neckline's right half from the middle to the shoulder, then the side, mirrored.
Path garment(const Build& build, const std::vector<Point>& neckline, double ease, double bottom) {
  std::vector<Point> side = neckline;
  const std::vector<Point> rest = side_of(build, ease, bottom);
  side.insert(side.end(), rest.begin(), rest.end());
  side.push_back({0, bottom});
  return symmetric(side, .85);
}

struct Neckline {
  std::vector<Point> points;
};
Neckline neckline_of(Top top, double n) {
  switch (top) {
    case Top::vneck:
    case Top::scrubs: return {{{0, 372}, {16, 350}, {n + 6, 262}, {n + 20, 244}}};
    case Top::turtleneck: return {{{0, 262}, {n * .7, 252}, {n + 12, 232}, {n + 24, 240}}};
    case Top::shirt:
    case Top::polo: return {{{0, 318}, {18, 296}, {n + 2, 246}, {n + 16, 234}}};
    case Top::blouse: return {{{0, 336}, {30, 322}, {n + 22, 274}, {n + 36, 252}}};
    case Top::crew: break;
  }
  return {{{0, 292}, {n * .6, 282}, {n + 8, 252}, {n + 20, 242}}};
}

void fold(cairo_t* c, const std::vector<Point>& line, const Cloth& cloth, double strength,
          double width = 9) {
  soft_brush(c, line, cloth.deep.with_alpha(.5 * strength), 1, width, 1, width * .7);
  std::vector<Point> lit = line;
  for (Point& p : lit) p = p + Point{-width * .55, -width * .4};
  soft_brush(c, lit, lighter(cloth.light, .25).with_alpha(.3 * strength), 1, width * .6, 1,
             width * .5);
}

void shade_torso(cairo_t* c, const Build& b, const Path& shape, const Cloth& cloth, bool is_soft) {
  const Clip clip(c, shape);
  inner_shade(c, shape, {-22, -6}, cloth.deep.with_alpha(.6), 26);
  inner_shade(c, shape, {9, 7}, lighter(cloth.light, .3).with_alpha(.35), 9);
  glow(c, {-96, 430}, 130, 110, lighter(cloth.light, .25).with_alpha(.34));
  if (b.bust > 0) {
    for (const double s : {-1.0, 1.0}) {
      soft_fill(c,
                Path::through({{s * 30, 556},
                               {s * 96, 588},
                               {s * 170, 540},
                               {s * 150, 588},
                               {s * 92, 612},
                               {s * 40, 588}},
                              true),
                cloth.deep.with_alpha(.17 * b.bust), 16);
      glow(c, {s * 100 - 12, 500}, 70, 58, lighter(cloth.light, .3).with_alpha(.24 * b.bust));
    }
    soft_brush(c, {{2, 470}, {0, 540}, {4, 590}}, cloth.deep.with_alpha(.10 * b.bust), 4, 22, 6,
               14);
  }
  for (const double s : {-1.0, 1.0}) {
    // From the armpit, and where the waist bends.
    fold(c, {{s * 212 * b.shoulders, 440}, {s * 186, 476}, {s * 150, 496}}, cloth, 1);
    fold(c, {{s * 206 * b.shoulders, 474}, {s * 180, 520}, {s * 158, 566}}, cloth, .8);
    fold(c, {{s * 188, 668}, {s * 140, 694}, {s * 84, 700}}, cloth, is_soft ? .9 : .55, 8);
    fold(c, {{s * 190, 716}, {s * 150, 740}, {s * 104, 742}}, cloth, is_soft ? .8 : .4, 7);
  }
}

void draw_rib(cairo_t* c, const Path& band, const Cloth& cloth, double x0, double x1, double y0,
              double y1) {
  const Clip clip(c, band);
  for (double x = x0; x < x1; x += 7)
    stroke(c, Path().move({x, y0}).line({x * .97, y1}), cloth.deep.with_alpha(.28), 1.8);
}

void draw_turtleneck(cairo_t* c, const Character& who, const Cloth& cloth) {
  const double n = 52 * who.build.neck;
  const Path band = symmetric(
      {{0, 206}, {n * .7, 198}, {n + 3, 184}, {n + 9, 214}, {n + 16, 246}, {n * .8, 268}, {0, 280}},
      .9);
  soft_fill(c, band.moved({2, 9}), cloth.deep.with_alpha(.7), 8);
  fill(c, band, cloth_paint(cloth));
  draw_rib(c, band, cloth, -n - 20, n + 20, 180, 284);
  const Clip clip(c, band);
  inner_shade(c, band, {-12, 2}, cloth.deep.with_alpha(.6), 10);
  soft_fill(c, Path::ellipse({4, 196}, n + 6, 20), cloth.deep.with_alpha(.6), 10);
}

void draw_crew_band(cairo_t* c, const Character& who, const Cloth& cloth) {
  const double n = 52 * who.build.neck;
  std::vector<Point> line;
  for (const Point p : {Point{-n - 17, 241}, Point{-n - 5, 253}, Point{-n * .6, 283}, Point{0, 294},
                        Point{n * .6, 283}, Point{n + 5, 253}, Point{n + 17, 241}})
    line.push_back(p);
  brush(c,
        {line[0] + Point{0, 7}, line[2] + Point{-2, 12}, line[3] + Point{0, 13},
         line[4] + Point{2, 12}, line[6] + Point{0, 7}},
        cloth.deep.with_alpha(.35), 2, 3, 2);
  const Path curve = Path::through(line, false);
  stroke(c, curve.moved({0, 4}), mix(cloth.base, cloth.shade, .35), 12);
  stroke(c, curve.moved({0, 2}), mix(cloth.light, cloth.base, .4), 7);
}

void draw_collar(cairo_t* c, const Character& who, const Cloth& cloth, bool is_open,
                 double length) {
  const double n = 52 * who.build.neck;
  for (const double s : {-1.0, 1.0}) {
    const double in = is_open ? 22 : 4;
    Path leaf;
    leaf.move({s * (n * .98), 206})
        .curve({s * (n + 14), 216}, {s * (n + 24), 232}, {s * (n + 27), 246});
    leaf.curve({s * (n + 22), 274}, {s * (n + 12), 292 + length * .2},
               {s * (in + 44), 306 + length});
    leaf.line({s * in, is_open ? 308.0 : 290.0});
    leaf.curve({s * (n * .55), 272}, {s * (n * .86), 244}, {s * (n * .98), 206}).close();
    soft_fill(c, leaf.moved({s * 3 + 2, 9}), cloth.deep.with_alpha(.5), 7);
    fill(
        c, leaf,
        Paint::linear({s * n, 210}, {s * 30, 320},
                      {{0, cloth.shade}, {.4, cloth.base}, {1, s < 0 ? cloth.light : cloth.base}}));
    const Clip clip(c, leaf);
    inner_shade(c, leaf, {-s * 3, -3}, cloth.deep.with_alpha(.28), 4);
  }
}

void draw_placket(cairo_t* c, const Cloth& cloth, double top, double bottom, bool is_short) {
  const double x = 13;
  stroke(c, Path().move({x, top}).line({x + 1, bottom}), cloth.deep.with_alpha(.42), 2);
  soft_brush(c, {{x + 5, top}, {x + 6, (top + bottom) / 2}, {x + 5, bottom}},
             cloth.deep.with_alpha(.3), 5, 6, 5, 5);
  if (is_short)
    stroke(c, Path().move({-x, bottom}).line({x + 1, bottom}), cloth.deep.with_alpha(.42), 2);
  for (double y = top + 26; y < bottom - 8; y += is_short ? 40 : 74) {
    glow(c, {1, y + 2}, 8, 8, cloth.deep.with_alpha(.5));
    fill(c, Path::ellipse({0, y}, 5, 5),
         Paint::radial({-2, y - 2}, 8,
                       {{0, hex(0xFFFFFF)}, {1, mix(cloth.shade, hex(0xB9BCC4), .5)}}));
  }
}

// The front panels of an open or buttoned garment; `gap` is half the opening at the hem.
Path panel(const Build& b, double s, double neck, double button_y, double gap_top, double gap,
           double hem) {
  const std::vector<Point> side = side_of(b, 9, hem);
  std::vector<Point> points = {{neck + 8, 226}, {neck + 36, 244}};
  points.insert(points.end(), side.begin(), side.end());
  points.push_back({gap + 70, hem + 6});
  points.push_back({gap + 6, hem - 18});
  points.push_back({gap_top, button_y});
  points.push_back({gap_top + 6, button_y - 40});
  points.push_back({neck * .92, 300});
  for (Point& p : points) p.x *= s;
  return Path::through(points, true, .62);
}

void draw_lapel(cairo_t* c, double s, double n, double button_y, double gap, const Cloth& cloth) {
  const auto at = [&](double x, double y) { return Point{s * x, y}; };
  Path lapel;
  lapel.move(at(n + 26, 246)).curve(at(n + 62, 290), at(n + 84, 330), at(n + 96, 366));
  lapel.line(at(n + 70, 374)).line(at(n + 88, 412));
  lapel.curve(at(n + 62, 490), at(60, button_y - 60), at(gap, button_y));
  lapel.curve(at(gap + 6, button_y - 120), at(n * .62, 400), at(n * .86, 282)).close();
  soft_fill(c, lapel.moved({s * 5 + 2, 8}), cloth.deep.with_alpha(.75), 9);
  fill(c, lapel,
       Paint::linear(at(n + 90, 280), at(10, button_y),
                     {{0, s < 0 ? lighter(cloth.light, .07) : cloth.light},
                      {.5, cloth.base},
                      {1, cloth.shade}}));
  Path collar;
  collar.move(at(n * .9, 208)).curve(at(n + 20, 214), at(n + 34, 230), at(n + 42, 250));
  collar.curve(at(n + 66, 288), at(n + 84, 318), at(n + 94, 344)).line(at(n + 70, 373));
  collar.curve(at(n + 30, 330), at(n + 2, 300), at(n * .84, 286));
  collar.curve(at(n * .96, 262), at(n, 236), at(n * .9, 208)).close();
  soft_fill(c, collar.moved({s * 2, 5}), cloth.deep.with_alpha(.55), 5);
  fill(c, collar,
       Paint::linear(at(n, 220), at(n + 80, 360),
                     {{0, cloth.shade},
                      {.35, cloth.base},
                      {1, s < 0 ? lighter(cloth.light, .1) : cloth.light}}));
  const Clip clip(c, lapel);
  inner_shade(c, lapel, {-s * 2, -2}, lighter(cloth.light, .3).with_alpha(.5), 3);
}

void draw_blazer(cairo_t* c, const Character& who, const Outfit& outfit, double button_y,
                 double gap, double hem, bool is_coat) {
  const Cloth cloth = cloth_of(outfit.outer_colour);
  const double n = 52 * who.build.neck;
  for (const double s : {1.0, -1.0}) {
    const Path front = panel(who.build, s, n, button_y, is_coat ? gap * .5 : -6, gap, hem);
    {
      const Clip on_body(c, garment_outline(who, outfit));
      soft_fill(c, front.moved({-s * 7, 6}), cloth.deep.with_alpha(.5), 12);
    }
    fill(c, front, cloth_paint(cloth));
    shade_torso(c, who.build, front, cloth, false);
    const Clip clip(c, front);
    // The front edge, a pocket and a dart.
    soft_brush(c,
               {{s * (gap * .5 + 3), button_y},
                {s * (gap * .8 + 6), (button_y + hem) / 2},
                {s * (gap + 16), hem}},
               cloth.deep.with_alpha(.4), 2, 6, 3, 4);
    stroke(c, Path().move({s * 100, 752}).line({s * 178, 744}), cloth.deep.with_alpha(.6), 3);
    stroke(c, Path().move({s * 100, 755}).line({s * 178, 747}),
           lighter(cloth.light, .2).with_alpha(.35), 2);
    soft_brush(c, {{s * 118, 560}, {s * 112, 650}, {s * 120, 740}}, cloth.deep.with_alpha(.28), 1,
               4, 1, 3);
  }
  for (const double s : {1.0, -1.0})
    draw_lapel(c, s, n, button_y, is_coat ? gap * .5 : s < 0 ? -3 : 2, cloth);
  const Clip everywhere(c, Path::rounded(-400, 100, 800, 1400, 1));
  for (int i = 0; i < (is_coat ? 0 : 2); ++i) {
    const Point p{is_coat ? -gap : 6.0 + i, button_y + 16 + 76.0 * i};
    glow(c, p + Point{1, 3}, 11, 11, cloth.deep.with_alpha(.8));
    fill(c, Path::ellipse(p, 7, 7),
         Paint::radial(p + Point{-2, -3}, 10, {{0, lighter(cloth.light, .35)}, {1, cloth.deep}}));
  }
  // Breast pocket.
  stroke(c, Path().move({108, 478}).line({158, 470}), cloth.deep.with_alpha(.55), 3.5);
  stroke(c, Path().move({108, 482}).line({158, 474}), lighter(cloth.light, .2).with_alpha(.3), 1.8);
}

void draw_cardigan(cairo_t* c, const Character& who, const Outfit& outfit) {
  const Cloth cloth = cloth_of(outfit.outer_colour);
  const double n = 52 * who.build.neck;
  for (const double s : {1.0, -1.0}) {
    const Path front = panel(who.build, s, n, 620, 52, 74, 880);
    {
      const Clip on_body(c, garment_outline(who, outfit));
      soft_fill(c, front.moved({-s * 8, 6}), cloth.deep.with_alpha(.5), 12);
    }
    fill(c, front, cloth_paint(cloth));
    shade_torso(c, who.build, front, cloth, true);
    const Clip clip(c, front);
    const Path band = Path::through({{s * (n + 12), 226},
                                     {s * (n * .96), 300},
                                     {s * 76, 460},
                                     {s * 58, 620},
                                     {s * 70, 760},
                                     {s * 80, 890}},
                                    false);
    stroke(c, band, cloth.shade, 30);
    stroke(c, band, mix(cloth.base, cloth.light, .5), 24);
    for (double y = 250; y < 890; y += 8)
      stroke(c, Path().move({s * 20, y}).line({s * (98 + std::max(0.0, (330 - y) * .3)), y + 5}),
             cloth.deep.with_alpha(.0), 1.5);
  }
}

}  // namespace

namespace {

void draw_tie(cairo_t* c, const Cloth& cloth) {
  Path blade;
  blade.move({-15, 318})
      .line({15, 318})
      .curve({24, 420}, {32, 560}, {36, 690})
      .line({2, 740})
      .line({-34, 690});
  blade.curve({-30, 560}, {-22, 420}, {-15, 318}).close();
  soft_fill(c, blade.moved({3, 6}), hex(0x101828, .4), 7);
  fill(
      c, blade,
      Paint::linear({-30, 320}, {36, 700}, {{0, cloth.light}, {.5, cloth.base}, {1, cloth.shade}}));
  {
    const Clip clip(c, blade);
    for (double y = 330; y < 740; y += 34)
      stroke(c, Path().move({-44, y + 30}).line({44, y - 14}),
             lighter(cloth.light, .25).with_alpha(.35), 4);
    inner_shade(c, blade, {-6, 0}, cloth.deep.with_alpha(.6), 7);
  }
  Path knot;
  knot.move({-21, 286})
      .curve({-8, 280}, {8, 280}, {21, 286})
      .curve({20, 302}, {16, 314}, {13, 324});
  knot.curve({4, 327}, {-4, 327}, {-13, 324}).curve({-16, 314}, {-20, 302}, {-21, 286}).close();
  soft_fill(c, knot.moved({1, 4}), cloth.deep.with_alpha(.7), 4);
  fill(c, knot, Paint::linear({-20, 284}, {20, 324}, {{0, cloth.light}, {1, cloth.shade}}));
}

}  // namespace

Path garment_outline(const Character& who, const Outfit& outfit) {
  const double n = 52 * who.build.neck;
  const bool has_outer = outfit.outer != Outer::none;
  return garment(who.build, neckline_of(outfit.top, n).points, has_outer ? 9 : 4, 880);
}

void draw_lower(cairo_t* c, const Character& who, const Outfit& outfit) {
  const Cloth cloth = cloth_of(outfit.lower_colour);
  const double w = who.build.waist;
  const Path hips = Path::through({{-150 * w, 760},
                                   {150 * w, 760},
                                   {182 * w, 880},
                                   {204 * w, 1060},
                                   {208 * w, kBodyBottom},
                                   {-208 * w, kBodyBottom},
                                   {-204 * w, 1060},
                                   {-182 * w, 880}},
                                  true, .8);
  fill(c, hips, cloth_paint(cloth));
  const Clip clip(c, hips);
  inner_shade(c, hips, {-20, 0}, cloth.deep.with_alpha(.6), 24);
  soft_brush(c, {{0, 980}, {3, 1150}, {0, kBodyBottom}}, cloth.deep.with_alpha(.8), 2, 10, 12, 8);
}

void draw_top(cairo_t* c, const Character& who, const Outfit& outfit) {
  const Cloth cloth = cloth_of(outfit.top_colour);
  const double n = 52 * who.build.neck;
  const bool is_long = outfit.top == Top::blouse || outfit.top == Top::scrubs ||
                       outfit.top == Top::crew || outfit.top == Top::turtleneck;
  const Path shape = garment(who.build, neckline_of(outfit.top, n).points, 4, is_long ? 900 : 880);
  // The garment's shadow on the skin.
  {
    const Clip clip(c, neck_outline(who));
    soft_fill(c, shape.moved({0, -5}), darker(who.complexion.skin, .5).with_alpha(.32), 7);
  }
  fill(c, shape, cloth_paint(cloth));
  shade_torso(c, who.build, shape, cloth, true);
  switch (outfit.top) {
    case Top::crew: draw_crew_band(c, who, cloth); break;
    case Top::turtleneck: draw_turtleneck(c, who, cloth); break;
    case Top::shirt:
      draw_placket(c, cloth, 316, 880, false);
      if (outfit.accent == Accent::tie) draw_tie(c, cloth_of(outfit.accent_colour));
      draw_collar(c, who, cloth, outfit.accent != Accent::tie, 26);
      break;
    case Top::polo:
      draw_placket(c, cloth, 316, 430, true);
      draw_collar(c, who, cloth, true, 12);
      break;
    case Top::vneck:
    case Top::scrubs: {
      const Path edge = Path::through({{-n - 18, 243},
                                       {-n - 4, 262},
                                       {-15, 350},
                                       {0, 373},
                                       {15, 350},
                                       {n + 4, 262},
                                       {n + 18, 243}},
                                      false, .8);
      stroke(c, edge.moved({0, 4}), cloth.shade, 11);
      stroke(c, edge.moved({0, 2}), mix(cloth.light, cloth.base, .4), 7);
      if (outfit.top == Top::scrubs) {
        stroke(c, Path().move({64, 500}).line({150, 500}).line({148, 590}).line({66, 590}).close(),
               cloth.deep.with_alpha(.5), 3);
      }
      break;
    }
    case Top::blouse: {
      // Soft gathers falling from the neckline.
      const Clip clip(c, shape);
      for (const double x : {-70.0, -34.0, 0.0, 36.0, 72.0})
        fold(c, {{x * .8, 336 - std::abs(x) * .5}, {x * 1.1, 420}, {x * 1.3, 520}}, cloth, .55, 8);
      break;
    }
  }
}

void draw_outer(cairo_t* c, const Character& who, const Outfit& outfit) {
  switch (outfit.outer) {
    case Outer::none: break;
    case Outer::blazer: draw_blazer(c, who, outfit, 616, 5, 900, false); break;
    case Outer::lab_coat: draw_blazer(c, who, outfit, 640, 62, 1180, true); break;
    case Outer::cardigan: draw_cardigan(c, who, outfit); break;
  }
}

void draw_accent(cairo_t* c, const Character& who, const Outfit& outfit) {
  const Cloth cloth = cloth_of(outfit.accent_colour);
  const double n = 52 * who.build.neck;
  switch (outfit.accent) {
    case Accent::none: break;
    case Accent::tie: break;  // lies under the lapels: draw_tie()
    case Accent::necklace: {
      const Path chain =
          Path::through({{-n - 2, 246}, {-40, 300}, {0, 326}, {40, 300}, {n + 2, 246}}, false);
      stroke(c, chain.moved({1, 3}), hex(0x3A1A10, .25), 3);
      stroke(c, chain,
             Paint::linear({-60, 240}, {60, 330}, {{0, lighter(cloth.base, .4)}, {1, cloth.base}}),
             2.6);
      glow(c, {1, 335}, 12, 12, hex(0x3A1A10, .35));
      fill(c, Path::ellipse({0, 332}, 8, 8),
           Paint::radial({-3, 329}, 11, {{0, hex(0xFFFFFF)}, {.4, cloth.light}, {1, cloth.deep}}));
      break;
    }
    case Accent::lanyard: {
      for (const double s : {-1.0, 1.0})
        stroke(c,
               Path().move({s * (n + 12), 250}).curve({s * 60, 380}, {s * 26, 480}, {s * 6, 560}),
               Paint(s < 0 ? cloth.light : cloth.shade), 9);
      const Path card = Path::rounded(-38, 560, 76, 100, 9);
      soft_fill(c, card.moved({3, 7}), hex(0x101828, .45), 9);
      fill(c, card, Paint::linear({-38, 560}, {38, 660}, {{0, hex(0xFFFFFF)}, {1, hex(0xDCE2EA)}}));
      fill(c, Path::rounded(-38, 560, 76, 26, 9), cloth.base);
      fill(c, Path::ellipse({0, 612}, 15, 15), mix(cloth.light, hex(0xFFFFFF), .5));
      fill(c, Path::rounded(-22, 636, 44, 6, 3), hex(0xB6BECB));
      fill(c, Path::rounded(-14, 646, 28, 5, 2.5), hex(0xCBD2DC));
      break;
    }
    case Accent::pocket_square: {
      Path square;
      square.move({112, 478})
          .line({120, 450})
          .line({130, 464})
          .line({140, 444})
          .line({154, 471})
          .close();
      fill(c, square, Paint::linear({112, 444}, {154, 480}, {{0, cloth.light}, {1, cloth.shade}}));
      break;
    }
    case Accent::scarf: {
      const Path knot = symmetric(
          {{0, 236}, {n * .8, 222}, {n + 20, 226}, {n + 30, 262}, {46, 306}, {0, 322}}, .9);
      soft_fill(c, knot.moved({2, 10}), hex(0x201018, .4), 9);
      fill(c, knot,
           Paint::linear({-n, 220}, {n, 330},
                         {{0, cloth.light}, {.5, cloth.base}, {1, cloth.shade}}));
      const Clip clip(c, knot);
      for (const double y : {246.0, 266.0, 288.0})
        fold(c, {{-n - 20, y - 14}, {0, y + 12}, {n + 20, y - 16}}, cloth, .9, 8);
      break;
    }
    case Accent::stethoscope: {
      for (const double s : {-1.0, 1.0}) {
        const Path tube = Path()
                              .move({s * (n + 14), 236})
                              .curve({s * (n + 50), 330}, {s * 96, 420},
                                     {s * (s < 0 ? 92 : 78), s < 0 ? 540.0 : 500.0});
        stroke(c, tube.moved({2, 5}), hex(0x101010, .25), 9);
        stroke(c, tube,
               Paint::linear({0, 240}, {0, 540}, {{0, lighter(cloth.base, .15)}, {1, cloth.base}}),
               8);
      }
      fill(c, Path::ellipse({-92, 552}, 17, 17),
           Paint::radial({-97, 546}, 22,
                         {{0, hex(0xFFFFFF)}, {.5, hex(0xC3C9D2)}, {1, hex(0x6D7683)}}));
      break;
    }
  }
}

}  // namespace understudy::avatar
