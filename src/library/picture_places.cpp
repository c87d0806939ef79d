#include <algorithm>
#include <cmath>
#include <numbers>

#include "library/picture_scenes.h"

namespace understudy::library {
namespace {

constexpr double kWidth = kPictureWidth;
constexpr double kHeight = kPictureHeight;
constexpr double kPi = std::numbers::pi;

struct Facade {
  Colour wall;
  Colour lamp;
  double lit = 0;  // share of windows with light
  double alpha = 1;
};

void windows(Painting& painting, double x, double top, double wide, double foot,
             const Facade& facade) {
  auto& dice = painting.dice();
  const double pitch = std::max(11.0, wide / dice.whole(5, 9));
  const double storey = pitch * dice.between(1.1, 1.5);
  const bool is_glass = dice.next() < 0.35;
  for (double y = top + storey * 0.7; y < foot - storey; y += storey) {
    for (double u = x + pitch * 0.35; u < x + wide - pitch * 0.6; u += pitch) {
      const bool shines = dice.next() < facade.lit;
      const Colour glass = mix(darker(facade.wall, 0.25), lighter(facade.wall, 0.25), dice.next());
      const double inset = is_glass ? 0.92 : 0.62;
      painting.box(u, y, pitch * inset, storey * (is_glass ? 0.88 : 0.55),
                   shines ? mix(facade.lamp, hex(0xffffff), 0.3 * dice.next()) : glass,
                   (shines ? dice.between(0.55, 1) : 0.55) * facade.alpha);
    }
  }
}

void tower(Painting& painting, double x, double top, double wide, double foot,
           const Facade& facade) {
  auto& dice = painting.dice();
  painting.box(x, top, wide, foot - top, facade.wall);
  painting.box(x + wide * 0.62, top, wide * 0.38, foot - top, darker(facade.wall, 0.22), 0.7);
  const int roof = dice.whole(0, 4);
  if (roof == 0) {
    painting.box(x + wide * 0.2, top - 26, wide * 0.6, 26, facade.wall);
    painting.box(x + wide * 0.48, top - 120, 4, 100, facade.wall);
  } else if (roof == 1) {
    painting.polygon({{x, top}, {x + wide * 0.5, top - wide * 0.5}, {x + wide, top}}, facade.wall);
  } else if (roof == 2) {
    painting.box(x + wide * 0.1, top - 18, wide * 0.35, 18, darker(facade.wall, 0.15));
  } else if (roof == 3) {
    painting.polygon({{x, top}, {x, top - wide * 0.4}, {x + wide, top}}, facade.wall);
  }
  windows(painting, x, top, wide, foot, facade);
}

void skyline(Painting& painting, Colour far, Colour near, Colour lamp, double lit, double foot) {
  auto& dice = painting.dice();
  for (int layer = 0; layer < 4; ++layer) {
    const double t = layer / 3.0;
    const Facade facade{.wall = mix(far, near, t),
                        .lamp = lamp,
                        .lit = lit * (0.55 + 0.45 * t),
                        .alpha = 0.35 + 0.65 * t};
    for (double x = -60; x < kWidth; x += dice.between(70, 130) * (0.7 + 0.35 * t)) {
      const double middle = 1 - std::abs(x - kWidth * 0.5) / (kWidth * 0.75);
      const double high = dice.between(140, 390) * (0.72 + 0.75 * middle) * (1.15 - 0.42 * t);
      tower(painting, x, foot - high - 60 * (1 - t), dice.between(62, 140), foot, facade);
    }
    painting.glow(kWidth / 2, foot, 1500, far, 0.22 * (1 - t));
  }
}

// A room seen past the speaker: shapes first, then the blur of a wide aperture.
void plant(Painting& painting, double x, double foot, double size, Colour leaf, Colour pot) {
  auto& dice = painting.dice();
  painting.polygon({{x - size * 0.2, foot - size * 0.42},
                    {x + size * 0.2, foot - size * 0.42},
                    {x + size * 0.15, foot},
                    {x - size * 0.15, foot}},
                   pot);
  for (int i = 0; i < 24; ++i) {
    const double a = -kPi / 2 + dice.between(-1.25, 1.25);
    const double far = size * dice.between(0.35, 0.95);
    const double tx = x + far * std::cos(a) * 0.75;
    const double ty = foot - size * 0.42 + far * std::sin(a);
    const double wide = size * 0.07;
    painting.polygon({{x, foot - size * 0.42},
                      {(x + tx) / 2 - wide, (foot - size * 0.42 + ty) / 2 - wide},
                      {tx, ty},
                      {(x + tx) / 2 + wide, (foot - size * 0.42 + ty) / 2 + wide}},
                     mix(leaf, darker(leaf, 0.45), dice.next()), 0.95);
  }
}

void pendant_lamp(Painting& painting, double x, double y, Colour shade, Colour light) {
  painting.box(x - 2, -10, 4, y - 40, darker(shade, 0.3));
  painting.polygon({{x - 34, y - 44}, {x + 34, y - 44}, {x + 96, y + 24}, {x - 96, y + 24}}, shade);
  painting.glow(x, y + 40, 300, light, 0.75);
  painting.disc(x, y + 22, 34, lighter(light, 0.6), 0.95);
}

void shelf_of_books(Painting& painting, double x, double y, double wide, double high,
                    const Palette& palette) {
  auto& dice = painting.dice();
  for (double u = x; u < x + wide - 14;) {
    const double gap = dice.next();
    if (gap < 0.1) {
      u += dice.between(24, 70);
      continue;
    }
    const double thick = dice.between(14, 36);
    const double tall = high * dice.between(0.66, 0.95);
    const Colour cover =
        mix(palette[static_cast<std::size_t>(dice.whole(1, 4))],
            dice.next() < 0.5 ? hex(0x2b2320) : hex(0xf0e6d6), dice.between(0, 0.45));
    if (u + thick > x + wide) break;
    painting.box(u, y + high - tall, thick, tall, cover);
    painting.box(u, y + high - tall, thick * 0.2, tall, lighter(cover, 0.16), 0.6);
    painting.box(u + thick * 0.82, y + high - tall, thick * 0.18, tall, darker(cover, 0.35), 0.6);
    if (gap > 0.55) {
      painting.box(u + 3, y + high - tall * 0.84, thick - 6, 7, lighter(cover, 0.5), 0.75);
      painting.box(u + 3, y + high - tall * 0.25, thick - 6, 4, lighter(cover, 0.5), 0.6);
    }
    u += thick + 1;
  }
}

}  // namespace

// palette: sky above and below, the furthest and the nearest houses, light.
void draw_city_day(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.72, palette[1]}, {1, palette[1]}});
  painting.glow(kWidth * 0.7, kHeight * 0.46, 1000, palette[4], 0.7);
  const auto seed = painting.seed();
  painting.each_pixel(
      [&](int x, int y, Colour before) {
        const double high = clouds(x / 520.0, y / 130.0, seed, 6);
        return mix(before, lighter(palette[4], 0.35),
                   0.6 * smooth(0.52, 0.78, high) * (1 - y / 800.0));
      },
      0, 800);
  skyline(painting, palette[2], palette[3], palette[4], 0.06, kHeight * 0.9);
  painting.below([](double) { return kHeight * 0.9; }, mix(palette[3], palette[1], 0.25),
                 darker(palette[3], 0.35), 110);
  painting.glow(kWidth * 0.7, kHeight * 0.75, 1100, palette[4], 0.3);
  painting.blur(1.4);
  painting.vignette(0.2);
}

void draw_city_night(Painting& painting, const Palette& palette) {
  constexpr double kShore = kHeight * 0.78;
  painting.fill_down({{0, palette[0]}, {0.75, palette[1]}, {1, palette[1]}});
  for (int i = 0; i < 260; ++i) {
    painting.disc(painting.dice().between(0, kWidth), painting.dice().between(0, kHeight * 0.5),
                  painting.dice().between(0.4, 1.3), hex(0xffffff), 0.5);
  }
  painting.glow(kWidth / 2, kShore, 1300, palette[4], 0.42);
  skyline(painting, palette[2], palette[3], palette[4], 0.5, kShore);
  // The water mirrors what stands above it.
  std::vector<Colour> above(static_cast<std::size_t>(kPictureWidth) * kPictureHeight);
  painting.each_pixel([&](int x, int y, Colour before) {
    above[static_cast<std::size_t>(y) * kPictureWidth + x] = before;
    return before;
  });
  const auto seed = painting.seed();
  painting.each_pixel(
      [&](int x, int y, Colour) {
        const double depth = y - kShore;
        const double ripple = clouds(x / (30 + depth), y / (1.5 + depth * 0.03), seed, 3) - 0.5;
        const int sx =
            std::clamp(static_cast<int>(x + ripple * (6 + depth * 0.32)), 0, kPictureWidth - 1);
        const int sy = std::clamp(static_cast<int>(kShore - depth * 1.5 + ripple * depth * 0.7), 0,
                                  static_cast<int>(kShore) - 1);
        const Colour mirrored = above[static_cast<std::size_t>(sy) * kPictureWidth + sx];
        return darker(mix(mirrored, palette[1], 0.25), 0.3);
      },
      static_cast<int>(kShore), kPictureHeight);
  painting.blur(1.2);
  painting.glow(kWidth / 2, kShore, 900, palette[4], 0.2);
  painting.vignette(0.4);
}

// palette: wall, window light, furniture, wood, accent.
void draw_office(Painting& painting, const Palette& palette) {
  painting.fill_down(
      {{0, lighter(palette[0], 0.1)}, {0.7, palette[0]}, {1, darker(palette[0], 0.2)}});
  auto& dice = painting.dice();
  const double foot = kHeight * 0.8;
  for (int i = 0; i < 4; ++i) {  // the window front
    const double x = 90 + 262.0 * i;
    painting.box(x, 90, 246, 610, lighter(palette[1], 0.35));
    painting.box(x, 440, 246, 260, mix(palette[1], palette[4], 0.18));
    for (int k = 0; k < 5; ++k) {
      const double high = dice.between(60, 230);
      painting.box(x + 49.0 * k, 700 - high, dice.between(34, 49), high,
                   mix(palette[1], palette[4], 0.35), 0.6);
    }
    painting.box(x + 246, 80, 16, 632, darker(palette[0], 0.28));
  }
  painting.box(74, 78, 1064, 14, darker(palette[0], 0.28));
  painting.box(60, 700, 1090, 20, lighter(palette[0], 0.25));
  painting.glow(560, 380, 900, palette[1], 0.5);
  // A wall of shelves.
  painting.box(1290, 130, 520, 590, mix(palette[3], palette[0], 0.25));
  for (int row = 0; row < 4; ++row) {
    const double y = 146 + 144.0 * row;
    painting.box(1306, y, 488, 130, darker(mix(palette[3], palette[0], 0.35), 0.22));
    if (row % 2 == 0) {
      shelf_of_books(painting, 1320, y + 12, dice.between(180, 330), 118, palette);
    } else {
      shelf_of_books(painting, 1560, y + 12, 220, 118, palette);
      painting.disc(1390, y + 96, 34, palette[4]);
    }
    painting.box(1306, y + 130, 488, 14, palette[3]);
  }
  plant(painting, 1700, 146 + 144.0 + 130, 120, hex(0x4f8a57), lighter(palette[2], 0.4));
  painting.box(0, foot, kWidth, kHeight - foot, darker(palette[0], 0.28));
  painting.glow(640, foot + 60, 800, palette[1], 0.3);
  // Desks and chairs.
  for (int i = 0; i < 2; ++i) {
    const double x = 180 + 480.0 * i;
    painting.box(x, 790, 400, 22, palette[3]);
    painting.box(x + 20, 812, 16, 190, darker(palette[3], 0.35));
    painting.box(x + 364, 812, 16, 190, darker(palette[3], 0.35));
    painting.round_box(x + 90, 650, 200, 118, 8, hex(0x23272e));
    painting.round_box(x + 96, 656, 188, 104, 6, mix(palette[4], palette[1], 0.45));
    painting.box(x + 180, 768, 20, 24, hex(0x3a4048));
    painting.round_box(x + 230, 830, 120, 120, 26, palette[2]);
  }
  plant(painting, 1210, 1010, 330, hex(0x3f7d4c), lighter(palette[2], 0.25));
  pendant_lamp(painting, 420, 190, palette[2], hex(0xffe6bd));
  pendant_lamp(painting, 940, 190, palette[2], hex(0xffe6bd));
  painting.blur(11);
  painting.vignette(0.25);
}

void draw_office_night(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {1, palette[1]}});
  auto& dice = painting.dice();
  skyline(painting, palette[1], darker(palette[0], 0.4), palette[4], 0.55, 820);
  painting.blur(5);
  for (int i = 0; i < 90; ++i) {
    painting.disc(dice.between(0, kWidth), dice.between(360, 820), dice.between(5, 16),
                  i % 3 == 0 ? palette[3] : palette[4], dice.between(0.15, 0.5));
  }
  painting.blur(5);
  for (int i = 0; i < 5; ++i) painting.box(470.0 * i + 6, 0, 22, 830, darker(palette[0], 0.75));
  painting.box(0, 250, kWidth, 12, darker(palette[0], 0.75));
  painting.box(0, 820, kWidth, 260, darker(palette[0], 0.7));
  painting.box(0, 820, kWidth, 10, mix(palette[2], palette[4], 0.3), 0.5);
  painting.round_box(260, 900, 1400, 34, 12, mix(palette[2], hex(0x000000), 0.3));
  painting.glow(560, 880, 380, palette[3], 0.4);
  painting.round_box(430, 700, 330, 205, 10, hex(0x0b0d12));
  painting.round_box(442, 712, 306, 180, 6, mix(palette[3], hex(0xffffff), 0.12));
  painting.box(580, 904, 30, 10, hex(0x20242c));
  painting.glow(1420, 780, 420, palette[4], 0.7);
  painting.polygon({{1350, 700}, {1490, 700}, {1530, 790}, {1310, 790}}, lighter(palette[4], 0.35));
  painting.box(1414, 790, 12, 112, hex(0x15181e));
  plant(painting, 1720, 930, 300, hex(0x1f4a38), hex(0x2a2d33));
  painting.blur(7);
  painting.vignette(0.5);
}

void draw_bookshelf(Painting& painting, const Palette& palette) {
  painting.box(0, 0, kWidth, kHeight, darker(palette[0], 0.55));
  constexpr int kRows = 5;
  const double high = kHeight / kRows;
  for (int row = 0; row < kRows; ++row) {
    for (int part = 0; part < 4; ++part) {
      const double x = 480.0 * part + 12;
      painting.box(x, row * high + 14, 456, high - 24, darker(palette[0], 0.72));
      shelf_of_books(painting, x + 6, row * high + 16, 446, high - 26, palette);
    }
    painting.box(0, (row + 1) * high - 12, kWidth, 18, palette[0]);
    painting.box(0, (row + 1) * high - 12, kWidth, 5, lighter(palette[0], 0.22));
    painting.box(0, (row + 1) * high + 6, kWidth, 26, {0, 0, 0}, 0.28);
  }
  for (int part = 0; part < 5; ++part) {
    painting.box(480.0 * part - 10, 0, 22, kHeight, palette[0]);
    painting.box(480.0 * part - 10, 0, 6, kHeight, lighter(palette[0], 0.2));
  }
  painting.glow(kWidth * 0.5, kHeight * 0.25, 1100, hex(0xffd9a0), 0.32);
  painting.blur(8);
  painting.vignette(0.55);
}

// palette: wall, sofa, cushions, wood, accent.
void draw_living_room(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]},
                      {0.76, lighter(palette[0], 0.12)},
                      {0.765, palette[3]},
                      {1, darker(palette[3], 0.3)}});
  painting.box(130, 80, 460, 600, hex(0xf4f8fb));  // a window with its curtains
  painting.glow(360, 360, 900, hex(0xfff4dc), 0.85);
  painting.box(352, 80, 14, 600, lighter(palette[0], 0.55));
  painting.box(130, 350, 460, 14, lighter(palette[0], 0.55));
  for (int side = 0; side < 2; ++side) {
    for (int i = 0; i < 6; ++i) {
      const double x = (side == 0 ? 40.0 : 570.0) + 24 * i;
      painting.polygon({{x, 50}, {x + 26, 50}, {x + 30, 800}, {x - 6, 800}},
                       i % 2 == 0 ? lighter(palette[2], 0.45) : lighter(palette[2], 0.3));
    }
  }
  painting.box(0, 822, kWidth, 16, lighter(palette[0], 0.5));
  for (int i = 0; i < 3; ++i) {  // pictures on the wall
    const double x = 890 + 220.0 * i;
    painting.box(x, 190 + 24.0 * (i % 2), 170, 220, darker(palette[3], 0.3));
    painting.box(x + 12, 202 + 24.0 * (i % 2), 146, 196, hex(0xf6f1e8));
    painting.disc(x + 85, 290 + 24.0 * (i % 2), 42, i == 1 ? palette[4] : palette[2], 0.85);
    painting.polygon({{x + 24, 388 + 24.0 * (i % 2)},
                      {x + 90, 310 + 24.0 * (i % 2)},
                      {x + 146, 388 + 24.0 * (i % 2)}},
                     palette[1], 0.7);
  }
  painting.round_box(830, 560, 760, 260, 60, palette[1]);
  painting.round_box(770, 650, 130, 250, 50, darker(palette[1], 0.1));
  painting.round_box(1520, 650, 130, 250, 50, darker(palette[1], 0.1));
  painting.round_box(860, 700, 350, 160, 36, lighter(palette[1], 0.08));
  painting.round_box(1215, 700, 340, 160, 36, lighter(palette[1], 0.08));
  painting.round_box(830, 820, 760, 90, 20, darker(palette[1], 0.18));
  painting.round_box(890, 600, 150, 150, 34, palette[2]);
  painting.round_box(1010, 625, 130, 130, 34, palette[4]);
  painting.round_box(1390, 605, 150, 150, 34, lighter(palette[2], 0.25));
  painting.box(1744, 420, 10, 490, hex(0x3a332c));  // a lamp
  painting.glow(1749, 400, 420, hex(0xffe2b0), 0.8);
  painting.polygon({{1690, 320}, {1808, 320}, {1846, 450}, {1652, 450}}, hex(0xfff0d2));
  plant(painting, 700, 900, 320, hex(0x4c8054), lighter(palette[3], 0.25));
  painting.round_box(560, 960, 700, 150, 30, lighter(palette[2], 0.5), 0.6);
  painting.blur(9);
  painting.vignette(0.3);
}

void draw_chalkboard(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour) {
    const double smear = clouds(x / 430.0 + y / 900.0, y / 210.0, seed, 5);
    const double wipe = clouds(x / 900.0, y / 60.0, seed + 3, 4);
    const double dust = clouds(x / 4.0, y / 4.0, seed + 5, 2);
    Colour board = mix(palette[0], palette[1], smooth(0.25, 0.8, smear));
    board = lighter(board, 0.12 * smooth(0.5, 0.8, wipe));
    return lighter(board, 0.05 * dust);
  });
  auto* cairo = painting.cairo();
  auto& dice = painting.dice();
  const auto chalk = [&](const std::vector<std::pair<double, double>>& points, double wide) {
    for (int pass = 0; pass < 3; ++pass) {
      cairo_set_source_rgba(cairo, 0.95, 0.96, 0.93, 0.16);
      cairo_set_line_width(cairo, wide * dice.between(0.5, 1.2));
      for (const auto& [x, y] : points) {
        cairo_line_to(cairo, x + dice.between(-1.5, 1.5), y + dice.between(-1.5, 1.5));
      }
      cairo_stroke(cairo);
    }
  };
  // Sketches at the sides; the middle is the speaker's.
  std::vector<std::pair<double, double>> curve;
  for (int i = 0; i <= 60; ++i) {
    curve.emplace_back(150 + 5.6 * i, 420 - 130 * std::sin(i / 60.0 * 2 * kPi));
  }
  chalk({{150, 220}, {150, 620}}, 5);
  chalk({{130, 420}, {510, 420}}, 5);
  chalk(curve, 5);
  chalk({{1450, 560}, {1780, 560}, {1450, 290}, {1450, 560}}, 5);
  std::vector<std::pair<double, double>> ring;
  for (int i = 0; i <= 60; ++i) {
    ring.emplace_back(1610 + 105 * std::cos(i * kPi / 30), 780 + 105 * std::sin(i * kPi / 30));
  }
  chalk(ring, 5);
  chalk({{1505, 780}, {1715, 780}}, 4);
  for (int row = 0; row < 4; ++row) {
    for (int i = 0; i < 8; ++i) {
      const double x = 150 + 40.0 * i;
      const double y = 720 + 55.0 * row;
      if (dice.next() < 0.25) continue;
      chalk({{x, y},
             {x + dice.between(8, 24), y - dice.between(8, 26)},
             {x + dice.between(4, 26), y + dice.between(-4, 8)}},
            3.5);
    }
  }
  painting.box(0, 0, kWidth, 26, palette[2]);
  painting.box(0, kHeight - 46, kWidth, 46, palette[2]);
  painting.box(0, kHeight - 46, kWidth, 8, lighter(palette[2], 0.25));
  painting.round_box(840, kHeight - 60, 120, 18, 8, hex(0xf5f3ea));
  painting.round_box(990, kHeight - 58, 70, 16, 8, palette[3]);
  painting.glow(kWidth * 0.5, kHeight * 0.3, 1200, palette[4], 0.22);
  painting.vignette(0.4);
}

// A broadcast set: screens, light strips, a desk's edge. palette: back, panels, screen, strip,
// warm.
void draw_news_studio(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.8, palette[1]}, {1, darker(palette[0], 0.4)}});
  for (int i = 0; i < 9; ++i) {
    const double x = 20 + 214.0 * i;
    painting.round_box(x, 60, 190, 700, 10, mix(palette[1], palette[2], 0.12 + 0.06 * (i % 3)),
                       0.9);
    painting.box(x + 192, 60, 4, 700, palette[3], 0.85);
    painting.glow(x + 194, 400, 190, palette[3], 0.25);
  }
  const auto screen = [&](double x, double y, double wide, double high) {
    painting.glow(x + wide / 2, y + high / 2, wide * 0.75, palette[3], 0.35);
    painting.round_box(x, y, wide, high, 14, darker(palette[0], 0.6));
    painting.round_box(x + 10, y + 10, wide - 20, high - 20, 8, palette[2]);
    for (int k = 0; k < 9; ++k) {  // a map of dots
      for (int m = 0; m < 16; ++m) {
        const double px = x + 30 + (wide - 60) * m / 15;
        const double py = y + 30 + (high - 60) * k / 8;
        const double land = clouds(m / 4.0 + x, k / 3.0, painting.seed(), 3);
        if (land > 0.47) painting.disc(px, py, wide * 0.013, lighter(palette[3], 0.4), 0.75);
      }
    }
    painting.box(x + 10, y + high - 58, wide - 20, 30, palette[4], 0.9);
  };
  screen(150, 170, 520, 330);
  screen(1250, 170, 520, 330);
  screen(730, 120, 460, 300);
  painting.box(0, 770, kWidth, 8, palette[3]);
  painting.glow(kWidth / 2, 774, 1200, palette[3], 0.45);
  painting.below([](double) { return 778.0; }, darker(palette[1], 0.3), darker(palette[0], 0.7),
                 300);
  for (int i = 0; i < 12; ++i) {  // the floor mirrors the strips
    painting.glow(20 + 175.0 * i, 850, 120, palette[3], 0.12);
  }
  painting.polygon({{240, 930}, {1680, 930}, {1800, 1080}, {120, 1080}},
                   mix(palette[1], palette[2], 0.3));
  painting.polygon({{240, 930}, {1680, 930}, {1688, 944}, {232, 944}}, lighter(palette[3], 0.3));
  painting.blur(6);
  painting.vignette(0.4);
}

}  // namespace understudy::library
