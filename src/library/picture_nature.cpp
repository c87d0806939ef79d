#include <algorithm>
#include <cmath>
#include <numbers>

#include "library/picture_scenes.h"

namespace understudy::library {
namespace {

constexpr double kWidth = kPictureWidth;
constexpr double kHeight = kPictureHeight;
constexpr double kPi = std::numbers::pi;

// Lit clouds between two heights of the sky.
void add_clouds(Painting& painting, Colour light, Colour shade, double from, double to,
                double cover) {
  const auto seed = painting.seed() + 40;
  painting.each_pixel(
      [=](int x, int y, Colour before) {
        const double depth = 1.1 - 0.55 * y / kHeight;  // lower clouds are further away
        const double u = (x - kWidth / 2) / (560 * depth) + 7;
        const double v = -250 * std::log(depth) / 62 + 3;
        const double body = clouds(u, v, seed, 6);
        const double above = clouds(u, v - 0.16, seed, 4);
        const double thick = smooth(1 - cover, 1.34 - cover, body);
        const Colour colour = mix(light, shade, smooth(-0.06, 0.2, above - body + 0.12));
        const double fade =
            smooth(0, 0.12, (y - from) / kHeight) * (1 - smooth(-0.18, 0, (y - to) / kHeight));
        return mix(before, colour, 0.95 * thick * fade);
      },
      static_cast<int>(from), static_cast<int>(to));
}

double ridge(double x, std::uint32_t seed, double width, double height) {
  const double base = clouds(x / width, 0.5, seed, 6);
  const double sharp = 1 - std::abs(2 * noise(x / width * 1.4, 4.5, seed + 3) - 1);
  return height * (0.55 * base + 0.45 * sharp);
}

void pine(Painting& painting, double x, double foot, double height, Colour colour, double alpha) {
  const double half = height * 0.19;
  for (int i = 0; i < 7; ++i) {
    const double t = i / 7.0;
    const double top = foot - height + height * 0.9 * t;
    const double wide = half * (0.24 + 0.76 * (t + 0.14));
    const double low = top + height * 0.24;
    painting.polygon({{x, top},
                      {x + wide * 0.55, low - height * 0.06},
                      {x + wide, low},
                      {x + wide * 0.2, low - height * 0.03},
                      {x - wide * 0.25, low - height * 0.02},
                      {x - wide, low},
                      {x - wide * 0.5, low - height * 0.07}},
                     colour, alpha);
  }
  painting.box(x - half * 0.08, foot - height * 0.1, half * 0.16, height * 0.1, darker(colour, 0.3),
               alpha);
}

void stars(Painting& painting, int count, double to) {
  auto& dice = painting.dice();
  for (int i = 0; i < count; ++i) {
    const double x = dice.between(0, kWidth);
    const double y = dice.between(0, to);
    const double bright = std::pow(dice.next(), 3);
    painting.disc(x, y, 0.5 + 1.5 * bright, mix(hex(0xbfd4ff), hex(0xfff3dd), dice.next()),
                  (0.25 + 0.75 * bright) * (1 - smooth(0.55, 1, y / to)));
    if (bright > 0.7) painting.glow(x, y, 16, hex(0xdce8ff), 0.6);
  }
}

}  // namespace

void draw_day_sky(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.6, palette[1]}, {1, palette[2]}});
  painting.glow(kWidth * 0.78, kHeight * 0.12, 800, hex(0xffffff), 0.35);
  add_clouds(painting, palette[3], palette[4], 0, kHeight * 1.2, 0.5);
}

void draw_storm_sky(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.6, palette[1]}, {1, palette[2]}});
  add_clouds(painting, palette[3], palette[4], -400, kHeight * 1.2, 0.66);
  painting.glow(kWidth * 0.5, kHeight * 1.05, 1200, palette[3], 0.35);
  painting.vignette(0.3);
}

void draw_sea_sunset(Painting& painting, const Palette& palette) {
  constexpr double kHorizon = 640;
  const double sun = kWidth * 0.5;
  painting.fill_down({{0, palette[0]}, {0.3, palette[1]}, {0.6, palette[2]}, {1, palette[2]}});
  painting.glow(sun, kHorizon - 60, 1100, palette[3], 0.85);
  add_clouds(painting, mix(palette[3], palette[2], 0.35), mix(palette[0], palette[1], 0.5), 0,
             kHorizon - 30, 0.46);
  painting.glow(sun, kHorizon - 60, 330, lighter(palette[3], 0.5), 0.9);
  painting.disc(sun, kHorizon - 60, 74, lighter(palette[3], 0.75), 0.96);
  const auto seed = painting.seed();
  painting.each_pixel(
      [&](int x, int y, Colour) {
        const double depth = (y - kHorizon) / (kHeight - kHorizon);
        const double far = 5 + 60 * depth;
        const double ripple = clouds(x / (far * 5), y / (2.2 + 9 * depth), seed, 4);
        Colour water =
            mix(mix(palette[2], palette[1], 0.35), darker(palette[0], 0.35), smooth(0, 0.9, depth));
        water = ripple > 0.5 ? mix(water, palette[2], 0.7 * (ripple - 0.5))
                             : darker(water, 0.7 * (0.5 - ripple));
        const double path = 60 + 260 * depth;
        const double glitter =
            std::exp(-std::pow((x - sun) / path, 2)) * smooth(0.42, 0.66, ripple);
        return mix(water, lighter(palette[3], 0.45), 0.95 * glitter);
      },
      static_cast<int>(kHorizon), kPictureHeight);
  painting.glow(sun, kHorizon, 700, palette[3], 0.25);
  painting.vignette(0.35);
}

// Ridges that fade into the haze; palette: sky above, sky below, the furthest and the nearest
// ridge, light.
void draw_mountains(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.62, palette[1]}, {1, palette[1]}});
  painting.glow(kWidth * 0.64, kHeight * 0.36, 900, palette[4], 0.8);
  painting.disc(kWidth * 0.64, kHeight * 0.36, 46, lighter(palette[4], 0.7), 0.85);
  add_clouds(painting, lighter(palette[4], 0.3), mix(palette[0], palette[1], 0.5), 0, kHeight * 0.5,
             0.36);
  const auto seed = painting.seed();
  for (int i = 0; i < 6; ++i) {
    const double t = i / 5.0;
    const double foot = kHeight * (0.62 + 0.085 * i);
    const auto line = [=](double x) {
      return foot -
             ridge(x + 900.0 * i, seed + static_cast<std::uint32_t>(i) * 17u, 640 - 60.0 * i,
                   330 - 30.0 * i) +
             60;
    };
    const Colour colour = mix(palette[2], palette[3], t);
    painting.below(line, colour, mix(colour, palette[1], 0.55 - 0.4 * t), 330);
  }
  for (int i = 0; i < 120; ++i) {
    const double x = painting.dice().between(-20, kWidth + 20);
    const double foot = kHeight + 12 - 60 * noise(x / 400, 2.5, seed + 77);
    pine(painting, x, foot, painting.dice().between(60, 135), darker(palette[3], 0.35), 1);
  }
  painting.vignette(0.25);
}

void draw_starry_sky(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.75, palette[1]}, {1, palette[2]}});
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour before) {  // the Milky Way
    const double across = (0.62 * x - y + 40) / 300;
    const double band = std::exp(-across * across);
    const double dust = clouds(x / 330.0, y / 330.0, seed, 6);
    const double dark = clouds(x / 200.0 + 4, y / 200.0, seed + 9, 5);
    Colour colour = mix(before, palette[3], 0.75 * band * smooth(0.3, 0.8, dust));
    colour = mix(colour, palette[4], 0.5 * band * band * smooth(0.5, 0.85, dust));
    return darker(colour, 0.5 * band * smooth(0.55, 0.75, dark));
  });
  stars(painting, 1500, kHeight * 1.2);
  const auto line = [seed](double x) { return kHeight * 0.97 - ridge(x, seed + 50, 700, 190); };
  painting.below(line, darker(palette[0], 0.6), darker(palette[0], 0.85), 200);
}

void draw_aurora(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {1, palette[1]}});
  stars(painting, 700, kHeight);
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour before) {
    Colour colour = before;
    for (int i = 0; i < 3; ++i) {
      const double u = x / kWidth;
      const double hem = kHeight * (0.6 - 0.13 * i) + 70 * std::sin(2.2 * u * kPi + 2.3 * i) +
                         150 * (clouds(u * 2.4 + i * 3, 0.5, seed + 5, 3) - 0.5);
      const double up = (hem - y) / 430;
      if (up < -0.16) continue;
      const double rays = 0.45 + 0.55 * noise(x / 16.0, i * 9.0, seed + 3) *
                                     clouds(x / 120.0, i * 5.0, seed + 4, 2) * 2;
      const double light = smooth(-0.16, 0.1, up) * std::exp(-2.3 * std::max(0.0, up)) * rays;
      const Colour curtain = mix(palette[2], palette[3], smooth(0.1, 1.1, up));
      colour = mix(colour, lighter(curtain, 0.15), std::min(0.85, 0.8 * light));
    }
    return colour;
  });
  const auto line = [seed](double x) { return kHeight * 0.98 - ridge(x, seed + 50, 560, 230); };
  painting.below(line, palette[4], darker(palette[4], 0.5), 260);
  for (int i = 0; i < 60; ++i) {
    const double x = painting.dice().between(0, kWidth);
    pine(painting, x, kHeight + 8, painting.dice().between(70, 190), darker(palette[4], 0.75), 1);
  }
}

void draw_dunes(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.5, palette[1]}, {1, palette[1]}});
  painting.glow(kWidth * 0.25, kHeight * 0.3, 800, lighter(palette[4], 0.4), 0.7);
  painting.disc(kWidth * 0.25, kHeight * 0.3, 52, lighter(palette[4], 0.8), 0.95);
  const auto seed = painting.seed();
  for (int i = 0; i < 5; ++i) {
    const double foot = kHeight * (0.5 + 0.11 * i);
    const double wide = 900 + 120.0 * i;
    const auto crest = [=](double x) {
      const double u = x / wide + 2.3 * i;
      const double wave = std::pow(0.5 + 0.5 * std::sin(2 * kPi * u + noise(u, i, seed) * 3), 1.5);
      return foot - (95 + 32.0 * i) * wave;
    };
    const Colour lit = mix(palette[2], palette[4], 0.25 + 0.1 * i);
    painting.below(crest, lit, palette[3], 380);
    // The side away from the sun, and the ripples of the wind.
    painting.each_pixel(
        [&](int x, int y, Colour before) {
          const double depth = y - crest(x);
          if (depth < 0) return before;
          const double slope = (crest(x + 20.0) - crest(x - 20.0)) / 40;
          const double side = smooth(0.02, 0.3, slope) * (1 - smooth(90, 260, depth));
          const double ripple = std::sin(y * 0.55 + 9 * noise(x / 190.0, y / 60.0, seed + 2));
          Colour sand = mix(before, darker(palette[3], 0.35), 0.6 * side);
          return ripple > 0 ? lighter(sand, 0.025 * ripple) : darker(sand, -0.03 * ripple);
        },
        static_cast<int>(foot - 260), i == 4 ? kPictureHeight : static_cast<int>(foot + 160));
  }
  painting.vignette(0.25);
}

void draw_meadow(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.6, palette[1]}, {1, palette[1]}});
  add_clouds(painting, hex(0xffffff), mix(palette[0], hex(0xffffff), 0.55), 0, kHeight * 0.62,
             0.47);
  const auto seed = painting.seed();
  for (int i = 0; i < 4; ++i) {
    const double foot = kHeight * (0.58 + 0.1 * i);
    const auto line = [=](double x) {
      return foot - 105 * noise(x / (680 - 90.0 * i) + 3.1 * i, i * 2.5, seed);
    };
    const Colour colour = mix(palette[2], palette[3], i / 3.0);
    painting.below(line, lighter(colour, 0.12), darker(colour, 0.16), 260);
    if (i == 3) break;
    for (int k = 0; k < 16 - 4 * i; ++k) {  // trees along the hill
      const double x = painting.dice().between(0, kWidth);
      const double size = painting.dice().between(14, 26) * (1 + 0.5 * i);
      const Colour leaf = darker(mix(palette[3], palette[2], 0.3), 0.25 - 0.05 * i);
      for (int m = 0; m < 5; ++m) {
        painting.disc(x + size * painting.dice().between(-0.7, 0.7),
                      line(x) - size * painting.dice().between(0.2, 1.1), size * 0.62,
                      m < 3 ? leaf : lighter(leaf, 0.1));
      }
    }
  }
  painting.each_pixel(
      [&](int x, int y, Colour before) {  // grass
        const double near = smooth(kHeight * 0.7, kHeight, y);
        const double blade = clouds(x / (2.0 + 3 * near), y / (7.0 + 14 * near), seed + 6, 3);
        const double flower = noise(x / 6.0, y / 5.0, seed + 30);
        const Colour grass = blade > 0.5 ? mix(before, palette[4], 0.5 * near * (blade - 0.5) * 2)
                                         : darker(before, 0.9 * near * (0.5 - blade));
        return mix(grass, hex(0xfff6d8), near * 0.85 * smooth(0.955, 0.985, flower));
      },
      static_cast<int>(kHeight * 0.7), kPictureHeight);
}

void draw_beach(Painting& painting, const Palette& palette) {
  constexpr double kHorizon = 430;
  painting.fill_down({{0, palette[0]}, {0.4, palette[1]}, {1, palette[1]}});
  add_clouds(painting, hex(0xffffff), mix(palette[1], hex(0xffffff), 0.4), 0, kHorizon - 20, 0.42);
  const auto seed = painting.seed();
  const auto shore = [seed](double x) {
    return 800 + 46 * std::sin(x / 330.0) + 40 * (noise(x / 170.0, 0.5, seed) - 0.5);
  };
  painting.each_pixel(
      [&](int x, int y, Colour) {
        const double edge = shore(x);
        const double u = (y - kHorizon) / (edge - kHorizon);
        if (u < 1) {
          const double swell = clouds(x / (40 + 230 * u), y / (4 + 20 * u), seed + 3, 4);
          Colour sea = mix(palette[2], palette[3], smooth(0.1, 0.95, u));
          sea = lighter(sea, 0.55 * smooth(0.66, 0.82, swell) * u);
          const double crest = std::sin(26 * std::sqrt(u) + 3 * noise(x / 260.0, u * 3, seed + 8));
          sea = lighter(
              sea, 0.5 * smooth(0.93, 1, crest) * smooth(0.35, 0.9, u) * smooth(0.35, 0.6, swell));
          return mix(sea, hex(0xffffff), 0.9 * smooth(0.962, 0.99, u + 0.012 * (swell - 0.5)));
        }
        const double wet = 1 - smooth(0, 90, y - edge);
        const double grain = clouds(x / 3.0, y / 3.0, seed + 5, 2);
        const double heap = clouds(x / 260.0, y / 60.0, seed + 6, 3);
        const Colour sand = mix(palette[4], darker(palette[4], 0.2), 0.4 * grain + 0.5 * heap);
        return mix(sand, mix(darker(palette[4], 0.32), palette[3], 0.2), 0.8 * wet);
      },
      static_cast<int>(kHorizon), kPictureHeight);
}

// Trunks in the mist, light from above.
void draw_forest(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {0.7, palette[1]}, {1, palette[2]}});
  painting.glow(kWidth * 0.55, kHeight * 0.18, 900, palette[4], 0.9);
  auto& dice = painting.dice();
  for (int layer = 0; layer < 5; ++layer) {
    const double t = layer / 4.0;
    const Colour bark = mix(mix(palette[1], palette[4], 0.3), palette[3], t * t * 0.85 + 0.15 * t);
    const int count = 24 - 4 * layer;
    for (int i = 0; i < count; ++i) {
      const double x = (i + dice.between(0.1, 0.9)) * kWidth / count;
      const double wide = (9 + 44 * t * t) * dice.between(0.7, 1.3);
      const double foot = kHeight * (0.66 + 0.32 * t) + dice.between(-12, 12);
      const double lean = dice.between(-26, 26);
      if (layer > 2 && std::abs(x - kWidth / 2) < 330) continue;  // a clearing for the speaker
      painting.polygon({{x - wide / 2 + lean, -10},
                        {x + wide / 2 + lean, -10},
                        {x + wide * 0.62, foot},
                        {x - wide * 0.62, foot}},
                       bark);
      painting.polygon({{x + wide * 0.1 + lean, -10},
                        {x + wide / 2 + lean, -10},
                        {x + wide * 0.62, foot},
                        {x + wide * 0.15, foot}},
                       darker(bark, 0.25), 0.6);
    }
    const auto seed = painting.seed() + static_cast<std::uint32_t>(layer) * 11u;
    const double floor_y = kHeight * (0.66 + 0.3 * t);
    painting.below([=](double x) { return floor_y - 60 * noise(x / 200.0, layer, seed); },
                   mix(palette[2], palette[3], 0.75 * t), mix(palette[2], palette[3], t), 200);
    if (layer < 4) {
      painting.blur(7 - 1.6 * layer);
      painting.glow(kWidth * 0.55, kHeight * 0.5, 1100, palette[4], 0.16);
    }
  }
  auto* cairo = painting.cairo();
  for (int i = 0; i < 9; ++i) {  // beams
    const double x = kWidth * 0.55 + dice.between(-600, 520);
    const double wide = dice.between(30, 110);
    auto* pattern = cairo_pattern_create_linear(0, 0, 0, kHeight * 0.85);
    cairo_pattern_add_color_stop_rgba(pattern, 0, palette[4].r, palette[4].g, palette[4].b, 0.17);
    cairo_pattern_add_color_stop_rgba(pattern, 1, palette[4].r, palette[4].g, palette[4].b, 0);
    cairo_set_source(cairo, pattern);
    cairo_move_to(cairo, kWidth * 0.55 + (x - kWidth * 0.55) * 0.3, -10);
    cairo_line_to(cairo, kWidth * 0.55 + (x - kWidth * 0.55) * 0.3 + wide * 0.4, -10);
    cairo_line_to(cairo, x + wide, kHeight * 0.85);
    cairo_line_to(cairo, x - wide * 0.4, kHeight * 0.85);
    cairo_fill(cairo);
    cairo_pattern_destroy(pattern);
  }
  painting.blur(1.6);
  painting.vignette(0.4);
}

void draw_underwater(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[1]}, {0.5, palette[2]}, {1, palette[3]}});
  const auto seed = painting.seed();
  painting.each_pixel([&](int x, int y, Colour before) {
    const double v = y / kHeight;
    const double angle = std::atan2(x - kWidth * 0.5, y + 700.0);
    const double beam = clouds(angle * 9 + 20, 0.3 * v, seed, 4);
    const double net = 1 - std::abs(2 * clouds(x / 230.0, y / 90.0 + 3, seed + 4, 3) - 1);
    Colour water = mix(before, palette[0], 0.75 * smooth(0.5, 0.75, beam) * (1 - 0.85 * v));
    return mix(water, palette[0], 0.5 * smooth(0.9, 1, net) * (1 - smooth(0, 0.35, v)));
  });
  auto& dice = painting.dice();
  for (int i = 0; i < 90; ++i) {
    const double x = kWidth * (i % 3 == 0 ? 0.2 : 0.8) + 160 * (dice.next() + dice.next() - 1);
    const double y = dice.between(0, kHeight);
    const double size = dice.between(2, 13);
    painting.disc(x, y, size, palette[0], 0.14);
    painting.disc(x - size * 0.3, y - size * 0.35, size * 0.25, hex(0xffffff), 0.5);
  }
  painting.below(
      [seed](double x) { return kHeight * 0.93 - 90 * clouds(x / 420.0, 1, seed + 2, 4); },
      darker(palette[4], 0.2), darker(palette[4], 0.6), 160);
  painting.vignette(0.4);
}

void draw_rainy_window(Painting& painting, const Palette& palette) {
  painting.fill_down({{0, palette[0]}, {1, palette[1]}});
  auto& dice = painting.dice();
  for (int i = 0; i < 70; ++i) {
    painting.disc(dice.between(0, kWidth), dice.between(kHeight * 0.25, kHeight),
                  dice.between(16, 58),
                  i % 3 == 0   ? palette[4]
                  : i % 3 == 1 ? palette[3]
                               : palette[2],
                  dice.between(0.12, 0.5));
  }
  painting.blur(17);
  const auto drop = [&](double x, double y, double size) {
    painting.disc(x, y, size, palette[1], 0.38);
    painting.disc(x, y + size * 0.28, size * 0.72, lighter(palette[2], 0.5), 0.3);
    painting.disc(x - size * 0.28, y - size * 0.32, size * 0.22, hex(0xffffff), 0.75);
  };
  for (int i = 0; i < 620; ++i) {
    drop(dice.between(0, kWidth), dice.between(0, kHeight), 1.5 + 7 * std::pow(dice.next(), 3));
  }
  for (int i = 0; i < 24; ++i) {  // drops that ran down
    double x = dice.between(0, kWidth);
    const double end = dice.between(kHeight * 0.2, kHeight);
    for (double y = end - dice.between(120, 460); y < end; y += 3) {
      x += dice.between(-0.9, 0.9);
      painting.disc(x, y, 2.6, lighter(palette[2], 0.3), 0.16);
    }
    drop(x, end, dice.between(6, 11));
  }
  painting.vignette(0.35);
}

}  // namespace understudy::library
