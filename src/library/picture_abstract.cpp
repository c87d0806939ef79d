#include <algorithm>
#include <cmath>
#include <numbers>

#include "library/picture_scenes.h"

namespace understudy::library {
namespace {

constexpr double kWidth = kPictureWidth;
constexpr double kHeight = kPictureHeight;
constexpr double kPi = std::numbers::pi;

Colour any_of(Painting& painting, const Palette& palette, int from, int to) {
  return palette[static_cast<std::size_t>(painting.dice().whole(from, to))];
}

void fill(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {1, palette[1]}});
}

}  // namespace

// Colours laid into each other by warped noise, as paint that was stirred once.
void draw_gradient(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour) {
    const double u = x / kWidth;
    const double v = y / kHeight;
    const double bend_x = noise(u * 1.3, v * 1.1, seed) - 0.5;
    const double bend_y = noise(u * 1.2 + 9, v * 1.2, seed + 7) - 0.5;
    const double a = smooth(0.1, 0.9, u + 0.9 * bend_x);
    const double b = smooth(0.1, 0.95, v + 0.8 * bend_y);
    const Colour upper = mix(palette[0], palette[1], a);
    const Colour lower = mix(palette[2], palette[3], a);
    const double spot = smooth(0.3, 1, noise(u * 1.6 + 3, v * 1.4 + 5, seed + 13));
    return mix(mix(upper, lower, b), palette[4], 0.7 * spot);
  });
}

void draw_bokeh(Painting& painting, const Palette& palette) {
  fill(painting, palette);
  auto& dice = painting.dice();
  for (int i = 0; i < 10; ++i) {
    painting.glow(dice.between(0, kWidth), dice.between(0, kHeight), dice.between(300, 700),
                  any_of(painting, palette, 2, 4), 0.3);
  }
  // Lights further away are smaller and less sharp, so they come first and are blurred.
  for (int layer = 0; layer < 3; ++layer) {
    const double size = 22.0 + 30 * layer;
    for (int i = 0; i < 46 - 12 * layer; ++i) {
      const double x = dice.between(-50, kWidth + 50);
      const double y = dice.between(0, kHeight + 50);
      const double radius = size * dice.between(0.7, 1.5);
      const Colour colour = lighter(any_of(painting, palette, 2, 4), dice.between(0, 0.35));
      const double alpha = dice.between(0.06, 0.3);
      painting.disc(x, y, radius, colour, alpha);
      cairo_set_source_rgba(painting.cairo(), colour.r, colour.g, colour.b, alpha * 0.9);
      cairo_set_line_width(painting.cairo(), 2.5);
      cairo_arc(painting.cairo(), x, y, radius - 1, 0, 2 * kPi);
      cairo_stroke(painting.cairo());
    }
    painting.blur(7.0 - 2.6 * layer);
  }
  painting.vignette(0.4);
}

// Translucent ribbons, each a little lower and darker than the one behind.
void draw_waves(Painting& painting, const Palette& palette) {
  fill(painting, palette);
  painting.glow(kWidth * 0.72, kHeight * 0.2, 900, palette[4], 0.55);
  const double shift = painting.dice().between(0, 6);
  for (int i = 0; i < 7; ++i) {
    const double t = i / 6.0;
    const auto line = [=](double x) {
      const double u = x / kWidth;
      return kHeight * (0.34 + 0.1 * i) +
             90 * std::sin(2 * kPi * u * (0.65 + 0.07 * i) + shift + 0.75 * i) +
             42 * std::sin(2 * kPi * u * 1.7 + 2.1 * shift - 0.5 * i);
    };
    const Colour colour = mix(palette[2], palette[3], t);
    painting.below(line, lighter(colour, 0.28), colour, 480, 0.42 + 0.25 * t);
  }
}

void draw_low_poly(Painting& painting, const Palette& palette) {
  constexpr int kColumns = 13;
  constexpr int kRows = 8;
  std::array<std::array<std::pair<double, double>, kColumns + 1>, kRows + 1> corner;
  auto& dice = painting.dice();
  const double wide = kWidth / (kColumns - 2);
  const double high = kHeight / (kRows - 2);
  for (int j = 0; j <= kRows; ++j) {
    for (int i = 0; i <= kColumns; ++i) {
      corner[j][i] = {(i - 1 + dice.between(-0.36, 0.36)) * wide,
                      (j - 1 + dice.between(-0.36, 0.36)) * high};
    }
  }
  const auto facet = [&](std::pair<double, double> a, std::pair<double, double> b,
                         std::pair<double, double> c) {
    const double u = (a.first + b.first + c.first) / 3 / kWidth;
    const double v = (a.second + b.second + c.second) / 3 / kHeight;
    const double t = std::clamp(0.55 * u + 0.45 * v + dice.between(-0.07, 0.07), 0.0, 1.0) * 4;
    const int low = std::min(3, static_cast<int>(t));
    const Colour colour = mix(palette[static_cast<std::size_t>(low)],
                              palette[static_cast<std::size_t>(low) + 1], t - low);
    painting.polygon({a, b, c}, colour);
    cairo_set_source_rgb(painting.cairo(), colour.r, colour.g, colour.b);  // closes the seams
    cairo_set_line_width(painting.cairo(), 1.2);
    cairo_move_to(painting.cairo(), a.first, a.second);
    cairo_line_to(painting.cairo(), b.first, b.second);
    cairo_line_to(painting.cairo(), c.first, c.second);
    cairo_close_path(painting.cairo());
    cairo_stroke(painting.cairo());
  };
  for (int j = 0; j < kRows; ++j) {
    for (int i = 0; i < kColumns; ++i) {
      const bool leans = (i + j) % 2 == 0;
      facet(corner[j][i], corner[j][i + 1], leans ? corner[j + 1][i] : corner[j + 1][i + 1]);
      facet(leans ? corner[j][i + 1] : corner[j][i], corner[j + 1][i + 1], corner[j + 1][i]);
    }
  }
}

// Sheets of paper with shadows between them, around a light middle.
void draw_paper_cut(Painting& painting, const Palette& palette) {
  painting.box(0, 0, kWidth, kHeight, palette[0]);
  painting.glow(kWidth / 2, kHeight / 2, 900, palette[1], 0.8);
  for (int i = 0; i < 5; ++i) {
    const double t = i / 4.0;
    const double shift = painting.dice().between(0, 6);
    const auto edge = [=](double a) {
      const double reach = 430 + 120 * i;
      return reach * (1 + 0.12 * std::sin(3 * a + shift) + 0.07 * std::sin(5 * a - shift));
    };
    const auto hole = [&](double dx, double dy, double grow) {
      cairo_new_path(painting.cairo());
      cairo_rectangle(painting.cairo(), -100, -100, kWidth + 200, kHeight + 200);
      cairo_new_sub_path(painting.cairo());
      for (int k = 0; k < 240; ++k) {
        const double a = 2 * kPi * k / 240;
        cairo_line_to(painting.cairo(), kWidth / 2 + 1.55 * (edge(a) + grow) * std::cos(a) + dx,
                      kHeight / 2 + 0.92 * (edge(a) + grow) * std::sin(a) + dy);
      }
      cairo_close_path(painting.cairo());
      cairo_set_fill_rule(painting.cairo(), CAIRO_FILL_RULE_EVEN_ODD);
    };
    for (int k = 12; k >= 1; --k) {
      hole(0, 10, -3.0 * k);
      cairo_set_source_rgba(painting.cairo(), 0, 0, 0, 0.022);
      cairo_fill(painting.cairo());
    }
    hole(0, 0, 0);
    const Colour colour =
        t < 0.5 ? mix(palette[2], palette[3], 2 * t) : mix(palette[3], palette[4], 2 * t - 1);
    cairo_set_source_rgb(painting.cairo(), colour.r, colour.g, colour.b);
    cairo_fill(painting.cairo());
  }
  cairo_set_fill_rule(painting.cairo(), CAIRO_FILL_RULE_WINDING);
  const auto seed = painting.seed();
  painting.each_pixel([seed](int x, int y, Colour before) {
    return lighter(before, 0.05 * (clouds(x / 7.0, y / 7.0, seed, 2) - 0.4));
  });
}

void draw_hexagons(Painting& painting, const Palette& palette) {
  fill(painting, palette);
  painting.glow(kWidth * 0.3, kHeight * 0.35, 1000, palette[4], 0.4);
  auto& dice = painting.dice();
  constexpr double kSide = 74;
  const double high = kSide * std::sqrt(3.0);
  for (int i = -1; i < 20; ++i) {
    for (int j = -1; j < 11; ++j) {
      const double x = i * kSide * 1.5;
      const double y = j * high + (i % 2 == 0 ? 0 : high / 2);
      const double lit = clouds(x / 700, y / 700, painting.seed(), 2) * dice.between(0.3, 1);
      std::vector<std::pair<double, double>> points;
      for (int k = 0; k < 6; ++k) {
        points.emplace_back(x + (kSide - 4) * std::cos(k * kPi / 3),
                            y + (kSide - 4) * std::sin(k * kPi / 3));
      }
      painting.polygon(points, mix(palette[2], palette[3], lit),
                       0.12 + 0.5 * smooth(0.3, 0.8, lit));
      cairo_new_path(painting.cairo());
      for (const auto& [px, py] : points) cairo_line_to(painting.cairo(), px, py);
      cairo_close_path(painting.cairo());
      cairo_set_source_rgba(painting.cairo(), palette[4].r, palette[4].g, palette[4].b,
                            0.12 + 0.3 * lit);
      cairo_set_line_width(painting.cairo(), 1.6);
      cairo_stroke(painting.cairo());
    }
  }
  painting.vignette(0.5);
}

// Points joined to their neighbours.
void draw_network(Painting& painting, const Palette& palette) {
  fill(painting, palette);
  painting.glow(kWidth * 0.7, kHeight * 0.55, 1000, palette[2], 0.55);
  auto& dice = painting.dice();
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 150; ++i) {
    points.emplace_back(dice.between(-60, kWidth + 60), dice.between(-60, kHeight + 60));
  }
  constexpr double kReach = 230;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const double far =
          std::hypot(points[i].first - points[j].first, points[i].second - points[j].second);
      if (far > kReach) continue;
      const double alpha = 0.5 * (1 - far / kReach);
      cairo_set_source_rgba(painting.cairo(), palette[3].r, palette[3].g, palette[3].b, alpha);
      cairo_set_line_width(painting.cairo(), 1.5);
      cairo_move_to(painting.cairo(), points[i].first, points[i].second);
      cairo_line_to(painting.cairo(), points[j].first, points[j].second);
      cairo_stroke(painting.cairo());
    }
  }
  for (const auto& [x, y] : points) {
    const double size = dice.between(2, 5.5);
    painting.glow(x, y, size * 7, palette[4], 0.5);
    painting.disc(x, y, size, lighter(palette[4], 0.4), 0.95);
  }
  painting.vignette(0.45);
}

void draw_diagonals(Painting& painting, const Palette& palette) {
  fill(painting, palette);
  const auto band = [&](double x, double wide, Colour from, Colour to, double alpha) {
    const double lean = 620;
    for (int k = 10; k >= 1; --k) {  // a soft shadow beside it
      painting.polygon({{x + wide + 4.0 * k, 0},
                        {x + wide + 4.0 * k + 2, 0},
                        {x + wide - lean + 4.0 * k + 2, kHeight},
                        {x - lean, kHeight},
                        {x, 0}},
                       {0, 0, 0}, 0.018);
    }
    cairo_new_path(painting.cairo());
    cairo_move_to(painting.cairo(), x, 0);
    cairo_line_to(painting.cairo(), x + wide, 0);
    cairo_line_to(painting.cairo(), x + wide - lean, kHeight);
    cairo_line_to(painting.cairo(), x - lean, kHeight);
    cairo_close_path(painting.cairo());
    auto* pattern = cairo_pattern_create_linear(x, 0, x + wide - lean, kHeight);
    cairo_pattern_add_color_stop_rgba(pattern, 0, from.r, from.g, from.b, alpha);
    cairo_pattern_add_color_stop_rgba(pattern, 1, to.r, to.g, to.b, alpha);
    cairo_set_source(painting.cairo(), pattern);
    cairo_fill(painting.cairo());
    cairo_pattern_destroy(pattern);
  };
  band(-500, 900, palette[2], palette[3], 1);
  band(-700, 760, palette[3], palette[4], 0.9);
  band(-240, 40, palette[4], palette[4], 0.9);
  band(1950, 420, palette[2], palette[3], 0.55);
  band(2180, 700, palette[3], palette[2], 0.9);
  band(1860, 26, palette[4], palette[4], 0.8);
}

void draw_blobs(Painting& painting, const Palette& palette) {
  painting.box(0, 0, kWidth, kHeight, palette[0]);
  auto& dice = painting.dice();
  constexpr std::array<std::pair<double, double>, 7> kPlaces = {{{0.02, 0.05},
                                                                 {0.95, 0.12},
                                                                 {0.06, 0.98},
                                                                 {0.9, 0.95},
                                                                 {0.55, -0.06},
                                                                 {0.45, 1.08},
                                                                 {1.02, 0.55}}};
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const double shift = dice.between(0, 6);
    const double reach = dice.between(190, 380);
    std::vector<std::pair<double, double>> points;
    for (int k = 0; k < 120; ++k) {
      const double a = 2 * kPi * k / 120;
      const double r = reach * (1 + 0.17 * std::sin(2 * a + shift) + 0.1 * std::sin(3 * a - shift));
      points.emplace_back(kPlaces[i].first * kWidth + 1.2 * r * std::cos(a),
                          kPlaces[i].second * kHeight + r * std::sin(a));
    }
    painting.polygon(points, palette[1 + i % 4], 0.92);
  }
  for (int i = 0; i < 26; ++i) {  // rows of dots in two corners
    const double x = (i < 13 ? 1480.0 : 230.0) + (i % 13) * 26;
    for (int j = 0; j < 6; ++j) {
      painting.disc(x, (i < 13 ? 130.0 : 800.0) + j * 26, 4.5, palette[i < 13 ? 4 : 2], 0.8);
    }
  }
}

// A wall and a floor without an edge between, lit from behind the speaker.
void draw_studio(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[1]}, {0.68, palette[0]}, {0.82, palette[2]}, {1, palette[3]}});
  painting.glow(kWidth / 2, kHeight * 0.42, 1250, palette[4], 0.85);
  painting.glow(kWidth / 2, kHeight * 0.95, 900, palette[4], 0.3);
  const auto seed = painting.seed();
  painting.each_pixel([seed](int x, int y, Colour before) {
    const double spots = clouds(x / 420.0, y / 420.0, seed, 4) - 0.5;
    return spots > 0 ? lighter(before, 0.1 * spots) : darker(before, -0.14 * spots);
  });
  painting.vignette(0.42);
}

void draw_stage(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.74, palette[1]}, {0.745, palette[2]}, {1, palette[0]}});
  auto* cairo = painting.cairo();
  constexpr std::array<double, 5> kLamps = {160, 560, 960, 1360, 1760};
  for (std::size_t i = 0; i < kLamps.size(); ++i) {
    const double foot = kWidth / 2 + (kLamps[i] - kWidth / 2) * 0.45;
    const Colour colour = i % 2 == 0 ? palette[3] : palette[4];
    for (int k = 0; k < 26; ++k) {  // a cone of light, soft at its sides
      const double wide = 230.0 - 8.0 * k;
      auto* pattern = cairo_pattern_create_linear(0, 0, 0, kHeight * 0.8);
      cairo_pattern_add_color_stop_rgba(pattern, 0, colour.r, colour.g, colour.b, 0.032);
      cairo_pattern_add_color_stop_rgba(pattern, 1, colour.r, colour.g, colour.b, 0.004);
      cairo_set_source(cairo, pattern);
      cairo_move_to(cairo, kLamps[i] - 8, -20);
      cairo_line_to(cairo, kLamps[i] + 8, -20);
      cairo_line_to(cairo, foot + wide, kHeight * 0.86);
      cairo_line_to(cairo, foot - wide, kHeight * 0.86);
      cairo_fill(cairo);
      cairo_pattern_destroy(pattern);
    }
    painting.glow(kLamps[i], 0, 110, lighter(colour, 0.6), 0.9);
    cairo_save(cairo);
    cairo_translate(cairo, foot, kHeight * 0.86);
    cairo_scale(cairo, 1, 0.2);
    painting.glow(0, 0, 420, colour, 0.34);
    cairo_restore(cairo);
  }
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour before) {  // haze in the light
    const double haze = clouds(x / 320.0, y / 260.0, seed, 4);
    return mix(before, lighter(before, 0.25), smooth(0.45, 0.8, haze) * (1 - y / kHeight));
  });
  painting.vignette(0.5);
}

void draw_curtain(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour) {
    const double v = y / kHeight;
    const double sway = 26 * (noise(x / 260.0, v * 1.4, seed) - 0.5) * (0.3 + v);
    const double fold = std::sin((x + sway) / 27.0 + 2.2 * noise(x / 310.0, 0, seed + 3));
    const double fine = std::sin((x + sway) / 9.0 + 4 * noise(x / 90.0, 1, seed + 5));
    const double light = 0.5 + 0.42 * fold + 0.06 * fine;
    const Colour cloth = mix(palette[0], palette[2], smooth(0.1, 1, light));
    const Colour shine = mix(cloth, palette[4], 0.5 * smooth(0.82, 1.05, light));
    const double lit = std::exp(-std::pow((x - kWidth / 2) / 760, 2)) * (1.05 - 0.55 * v);
    return mix(darker(shine, 0.62), shine, 0.25 + 0.85 * lit);
  });
  painting.vignette(0.35);
}

void draw_wood(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  constexpr int kBoards = 6;
  constexpr double kBoard = kHeight / kBoards;
  painting.each_pixel([&](int x, int y, Colour) {
    const int board = std::min(kBoards - 1, static_cast<int>(y / kBoard));
    const auto own = seed + static_cast<std::uint32_t>(board) * 31u;
    const double v = y - board * kBoard;
    const double along = x / 520.0 + board * 7.7;
    const double rings = v / 30.0 + 3.4 * clouds(along, v / 150.0, own, 3);
    const double grain = 0.5 + 0.5 * std::sin(2 * kPi * rings * 0.9);
    const double fibre = clouds(x / 95.0, y / 1.9, own + 5, 3);
    Colour wood = mix(palette[0], palette[1], 0.65 * grain + 0.35 * fibre);
    wood = mix(wood, palette[2], 0.35 * noise(board * 3.1, 0.5, seed));
    wood = darker(wood, 0.24 * smooth(0.62, 0.8, fibre));
    const double gap = std::min(v, kBoard - v);
    return darker(wood, 0.75 * (1 - smooth(0, 4.5, gap)) + 0.08 * (1 - smooth(4, 22, gap)));
  });
  painting.glow(kWidth * 0.35, kHeight * 0.2, 1300, palette[4], 0.2);
  painting.vignette(0.45);
}

void draw_bricks(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  constexpr double kWide = 176;
  constexpr double kHigh = 62;
  painting.each_pixel([&](int x, int y, Colour) {
    const double px = x + 3.2 * (clouds(x / 40.0, y / 40.0, seed + 1, 3) - 0.5);
    const double py = y + 3.2 * (clouds(x / 40.0, y / 40.0, seed + 2, 3) - 0.5);
    const int row = static_cast<int>(std::floor(py / kHigh));
    const double moved = px + (row % 2 == 0 ? 0 : kWide / 2);
    const int column = static_cast<int>(std::floor(moved / kWide));
    const double u = moved - column * kWide;
    const double v = py - row * kHigh;
    const double inside = std::min({u, kWide - u, v, kHigh - v});
    const double own = noise(column * 5.3 + 0.5, row * 3.7 + 0.5, seed + 9);
    const double rough = clouds(x / 17.0, y / 14.0, seed + 4, 4);
    Colour brick = mix(palette[0], palette[1], own);
    brick = mix(brick, palette[2], 0.5 * smooth(0.45, 0.85, rough));
    const double light = smooth(3, 9, v) - 0.5 * smooth(kHigh - 12, kHigh - 3, v);
    brick = mix(darker(brick, 0.25), lighter(brick, 0.04), light);
    const Colour mortar = darker(palette[3], 0.25 * rough);
    return mix(mortar, brick, smooth(2.5, 6.5, inside + 2.5 * (rough - 0.5)));
  });
  painting.glow(kWidth * 0.62, kHeight * 0.15, 1400, palette[4], 0.28);
  painting.vignette(0.5);
}

// Concrete, plaster, paper: flat, with the traces of its making.
void draw_plaster(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour) {
    const double large = clouds(x / 520.0, y / 430.0, seed, 5);
    const double fine = clouds(x / 13.0, y / 13.0, seed + 5, 4);
    const double stroke = clouds(x / 170.0, y / 26.0, seed + 8, 3);
    Colour wall = mix(palette[0], palette[1], smooth(0.25, 0.75, large));
    wall = mix(wall, palette[2], 0.42 * smooth(0.5, 0.85, stroke));
    wall = fine > 0.5 ? lighter(wall, 0.2 * (fine - 0.5)) : darker(wall, 0.24 * (0.5 - fine));
    const double pore = noise(x / 5.0, y / 5.0, seed + 21);
    return darker(wall, 0.16 * smooth(0.93, 0.985, pore));
  });
  painting.glow(kWidth * 0.5, kHeight * 0.35, 1300, palette[4], 0.35);
  painting.vignette(0.36);
}

void draw_linen(Painting& painting, const Palette& palette) {
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour) {
    const double warp = 0.5 + 0.5 * std::sin(x * 1.05 + 3 * noise(x / 70.0, y / 300.0, seed));
    const double weft = 0.5 + 0.5 * std::sin(y * 1.05 + 3 * noise(x / 300.0, y / 70.0, seed + 3));
    const double slub =
        clouds(x / 260.0, y / 5.0, seed + 7, 2) + clouds(x / 5.0, y / 260.0, seed + 8, 2);
    const double fold = clouds(x / 620.0 + y / 1500.0, y / 700.0, seed + 12, 3);
    const Colour thread = mix(palette[0], palette[1], 0.3 + 0.22 * (warp + weft) * slub);
    return mix(darker(thread, 0.22), lighter(thread, 0.12), smooth(0.25, 0.75, fold));
  });
  painting.glow(kWidth * 0.4, kHeight * 0.3, 1300, palette[4], 0.25);
  painting.vignette(0.35);
}

}  // namespace understudy::library
