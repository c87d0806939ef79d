#include "avatar/backdrop_art.h"

#include <algorithm>

#include "avatar/noise.h"

namespace understudy::avatar {
namespace {

// Scenes are drawn 1000 high, as wide as the canvas asks for, centred on x = 0.
void draw_wall(cairo_t* c, const Backdrop& b, double half) {
  fill(c, Path::rounded(-half - 5, -5, 2 * half + 10, 1010, .1),
       Paint::linear({-half, 0}, {half, 1000},
                     {{0, lighter(b.wall, .25)}, {.5, b.wall}, {1, b.depth}}));
  glow(c, {-half * .25, 330}, half * 1.1 + 200, 620, lighter(b.wall, .65).with_alpha(.75));
}

void draw_floor_glow(cairo_t* c, const Backdrop& b, double half) {
  glow(c, {half * .75, 1000}, half, 420, b.accent.with_alpha(.22));
  glow(c, {-half * .9, 900}, half * .8, 380, b.depth.with_alpha(.5));
}

void draw_studio(cairo_t* c, const Backdrop& b, double half) {
  // Large soft discs, as a lit cyclorama with a colour accent.
  fill(c, Path::ellipse({0, 470}, 430, 430),
       Paint::linear({-300, 60}, {330, 900},
                     {{0, lighter(b.wall, .55).with_alpha(.8)}, {1, b.accent.with_alpha(.20)}}));
  fill(c, Path::ellipse({0, 470}, 330, 330), lighter(b.wall, .6).with_alpha(.34));
  for (const double s : {-1.0, 1.0})
    fill(c, Path::ellipse({s * half * .86, s < 0 ? 820.0 : 130.0}, 190, 190),
         Paint::linear({s * half * .86 - 150, 0}, {s * half * .86 + 150, 900},
                       {{0, b.accent.with_alpha(.16)}, {1, b.accent.with_alpha(.05)}}));
}

void draw_plant(cairo_t* c, Point at, double size, Colour leaf) {
  for (int i = 0; i < 7; ++i) {
    const double a = -1.15 + .38 * i, reach = size * (1 - .08 * std::abs(i - 3));
    const Point tip = at + rotate({0, -reach}, a), mid = at + rotate({0, -reach * .55}, a * .7);
    const Point n = rotate({size * .13, 0}, a);
    Path blade;
    blade.move(at).curve(mid - n, mid - n * 1.1, tip).curve(mid + n * 1.1, mid + n, at).close();
    fill(c, blade,
         Paint::linear(at, tip, {{0, darker(leaf, .35)}, {1, i % 2 ? leaf : lighter(leaf, .18)}}));
  }
}

void draw_office(cairo_t* c, const Backdrop& b, double half) {
  // A window with a pale skyline on one side, a shelf on the other, all out of focus by low
  // contrast.
  const double wx = -half - 40, ww = half * .86;
  fill(c, Path::rounded(wx, 70, ww, 640, 14),
       Paint::linear({0, 70}, {0, 710}, {{0, hex(0xEAF3FB)}, {1, mix(b.wall, hex(0xFFFFFF), .6)}}));
  for (int i = 0; i < 9; ++i) {
    const double x = wx + ww * i / 9.0, h = 120 + 230 * uniform(7, i);
    fill(c, Path::rounded(x, 710 - h, ww / 8.0, h, 3),
         mix(b.depth, hex(0xFFFFFF), .55).with_alpha(.55));
  }
  for (int i = 0; i <= 2; ++i)
    fill(c, Path::rounded(wx + ww * i / 2.0 - 7, 60, 14, 660, 3), lighter(b.wall, .5));
  fill(c, Path::rounded(wx - 10, 705, ww + 24, 20, 5), lighter(b.wall, .4));
  const double sx = half * .42, sw = half * .7;
  for (int row = 0; row < 3; ++row) {
    const double y = 250 + 190 * row;
    soft_fill(c, Path::rounded(sx, y + 14, sw, 16, 4), b.depth.with_alpha(.5), 12);
    fill(c, Path::rounded(sx, y, sw, 16, 4), lighter(b.wall, .35));
    double x = sx + 20 + 60 * uniform(row, 3);
    for (int i = 0; i < 7 && x < sx + sw - 40; ++i) {
      const double bw = 16 + 16 * uniform(row * 31 + 5, i), bh = 70 + 50 * uniform(row * 17 + 9, i);
      const Colour tone = mix(i % 3 == 0   ? b.accent
                              : i % 3 == 1 ? b.depth
                                           : lighter(b.wall, .4),
                              b.wall, .45);
      fill(c, Path::rounded(x, y - bh, bw, bh, 3),
           Paint::linear({x, 0}, {x + bw, 0}, {{0, lighter(tone, .14)}, {1, darker(tone, .08)}}));
      x += bw + (uniform(row, i + 40) < .25 ? 46 : 4);
    }
  }
  draw_plant(c, {half * .98, 1000}, 330, mix(hex(0x5E9C76), b.wall, .30));
}

void draw_library(cairo_t* c, const Backdrop& b, double half) {
  for (int row = 0; row < 4; ++row) {
    const double y = 215 + 235 * row;
    double x = -half - 20;
    for (std::uint32_t i = 0; x < half + 40; ++i) {
      const double bw = 20 + 26 * uniform(101 + row, i), bh = 120 + 66 * uniform(131 + row, i);
      const double dice = uniform(151 + row, i);
      const Colour tone = mix(dice < .3    ? b.accent
                              : dice < .65 ? b.depth
                                           : lighter(b.wall, .3),
                              b.wall, .5);
      fill(c, Path::rounded(x, y - bh, bw, bh, 3),
           Paint::linear({x, 0}, {x + bw, 0}, {{0, lighter(tone, .12)}, {1, darker(tone, .1)}}));
      x += bw + (dice > .93 ? 60 : 3);
    }
    fill(c, Path::rounded(-half - 10, y, 2 * half + 20, 22, 2),
         Paint::linear({0, y}, {0, y + 22}, {{0, lighter(b.wall, .3)}, {1, b.depth}}));
  }
  // Out of focus: a veil of the wall's own light.
  fill(c, Path::rounded(-half - 5, -5, 2 * half + 10, 1010, .1), b.wall.with_alpha(.42));
  glow(c, {0, 420}, half * .9 + 100, 640, lighter(b.wall, .5).with_alpha(.55));
}

void draw_window(cairo_t* c, const Backdrop& b, double half) {
  // Slanted panes of sunlight on a plain wall.
  for (int i = 0; i < 3; ++i) {
    const double x = -half * .9 + i * 250;
    for (int k = 0; k < 2; ++k) {
      Path pane;
      const double y = 90 + k * 330;
      pane.move({x + y * .18, y})
          .line({x + 210 + y * .18, y - 34})
          .line({x + 210 + (y + 300) * .18, y + 266})
          .line({x + (y + 300) * .18, y + 300})
          .close();
      soft_fill(c, pane, hex(0xFFF6E4, .46), 7);
    }
  }
  draw_plant(c, {half * .92, 1010}, 420, mix(hex(0x6BA583), b.wall, .28));
  fill(c, Path::rounded(half * .92 - 70, 985, 140, 60, 10), mix(b.accent, b.wall, .3));
}

}  // namespace

void draw_backdrop(cairo_t* c, const Backdrop& backdrop, int width, int height) {
  const Saved saved(c);
  const double scale = height / 1000.0, half = width / scale / 2;
  cairo_translate(c, width / 2.0, 0);
  cairo_scale(c, scale, scale);
  draw_wall(c, backdrop, half);
  switch (backdrop.scene) {
    case Scene::studio: draw_studio(c, backdrop, half); break;
    case Scene::office: draw_office(c, backdrop, half); break;
    case Scene::library: draw_library(c, backdrop, half); break;
    case Scene::window: draw_window(c, backdrop, half); break;
    case Scene::plain: break;
  }
  draw_floor_glow(c, backdrop, half);
}

}  // namespace understudy::avatar
