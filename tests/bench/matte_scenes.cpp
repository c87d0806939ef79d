#include "matte_scenes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>

#include "library/pictures.h"
#include "media/image.h"

namespace understudy::bench {
namespace {

using Colour = std::array<double, 3>;                       // R, G, B, 0..255
using Painter = std::function<Colour(double x, double y)>;  // of the place, both 0..1

Colour mixed(const Colour& a, const Colour& b, double t) {
  return {a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t};
}
Colour lit(const Colour& colour, double light) {
  return {colour[0] * light, colour[1] * light, colour[2] * light};
}

// Chance by place: the same for the same whole numbers. 0..1.
double chance(int x, int y, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9E3779B1U ^
                    static_cast<std::uint32_t>(y) * 0x85EBCA77U ^ seed * 0xC2B2AE3DU;
  h ^= h >> 15, h *= 0x2C1B3C6DU, h ^= h >> 12, h *= 0x297A2D39U, h ^= h >> 15;
  return h / 4294967296.0;
}

double smooth_noise(double x, double y, std::uint32_t seed) {
  const int ix = static_cast<int>(std::floor(x)), iy = static_cast<int>(std::floor(y));
  const auto ease = [](double t) { return t * t * (3 - 2 * t); };
  const double tx = ease(x - ix), ty = ease(y - iy);
  const double top = std::lerp(chance(ix, iy, seed), chance(ix + 1, iy, seed), tx);
  const double bottom = std::lerp(chance(ix, iy + 1, seed), chance(ix + 1, iy + 1, seed), tx);
  return std::lerp(top, bottom, ty);
}

// Octaves, 0..1 with the mean 0.5.
double clouds(double x, double y, int octaves, std::uint32_t seed) {
  double sum = 0, weight = 0.5, all = 0;
  for (int i = 0; i < octaves; ++i, weight *= 0.55, x *= 2, y *= 2) {
    sum += weight * smooth_noise(x, y, seed + static_cast<std::uint32_t>(i));
    all += weight;
  }
  return sum / all;
}

Colour any_colour(int index, std::uint32_t seed) {
  Colour colour;
  for (int c = 0; c < 3; ++c)
    colour[static_cast<std::size_t>(c)] = 30 + 200 * chance(index, c, seed ^ 0xABCDU);
  return colour;
}

// The mean of what is opaque between two heights of the person, 0 the crown and 1 the lower edge.
Colour tone_of(const media::Frame& person, double from, double to) {
  media::Image image = media::to_image(person);
  int top = person.height;
  for (std::size_t i = 0; i < person.alpha.size() && top == person.height; ++i)
    if (person.alpha[i] > 200) top = static_cast<int>(i) / person.width;
  const double tall = person.height - top;
  Colour sum{};
  double count = 1e-6;
  for (int y = static_cast<int>(top + from * tall); y < static_cast<int>(top + to * tall); ++y)
    for (int x = 0; x < person.width; ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * static_cast<std::size_t>(person.width) +
                            static_cast<std::size_t>(x);
      if (person.alpha[i] < 250) continue;
      for (std::size_t c = 0; c < 3; ++c) sum[c] += image.rgba[4 * i + c];
      ++count;
    }
  return lit(sum, 1 / count);
}

Painter wall(const Colour& colour, std::uint32_t seed) {
  return [=](double x, double y) {
    const double light =
        1.04 - 0.12 * std::hypot(x - 0.4, y - 0.3) + 0.03 * (clouds(9 * x, 9 * y, 4, seed) - 0.5);
    return lit(colour, light);
  };
}

Painter shelf(std::uint32_t seed) {
  return [=](double x, double y) -> Colour {
    const int row = static_cast<int>(y * 5.3);
    const double in_row = y * 5.3 - row;
    if (in_row > 0.93) return {92, 66, 44};
    const double at = x * 58 + 9 * chance(row, 1, seed);
    const int book = static_cast<int>(at);
    const double tall = 0.55 + 0.38 * chance(book, row, seed);
    if (in_row < 0.93 - tall) return {38, 28, 22};
    Colour colour = mixed(any_colour(book * 7 + row, seed), {120, 80, 60}, 0.4);
    return lit(colour, 0.7 + 0.5 * std::sin(3.1 * (at - book)));
  };
}

Painter leaves(std::uint32_t seed) {
  return [=](double x, double y) -> Colour {
    const double shade = clouds(30 * x, 20 * y, 5, seed), sun = clouds(5 * x, 4 * y, 2, seed + 9);
    const double light = 0.25 + 1.3 * shade * shade + 0.5 * (sun - 0.5);
    return lit({110 + 40 * sun, 150, 60}, light);
  };
}

Painter lights(std::uint32_t seed) {
  return [=](double x, double y) -> Colour {
    Colour sum{18, 22, 44};
    for (int i = 0; i < 40; ++i) {
      const double r = 0.015 + 0.05 * chance(i, 3, seed);
      const double d = std::hypot((x - chance(i, 1, seed)) * 1.78, y - chance(i, 2, seed)) / r;
      if (d < 1) sum = mixed(sum, any_colour(i, seed), 0.55);
    }
    return sum;
  };
}

Painter room(std::uint32_t seed) {
  const Colour plaster = mixed(any_colour(1, seed), {200, 190, 178}, 0.7);
  return [=](double x, double y) -> Colour {
    Colour colour = lit(plaster, 0.85 + 0.25 * clouds(3 * x, 3 * y, 3, seed) - 0.15 * x);
    if (x > 0.06 && x < 0.3 && y > 0.1 && y < 0.62)  // a window with bars
      colour = std::fmod(x * 25, 3) < 0.25 || std::fmod(y * 14, 3) < 0.25 ? Colour{240, 240, 236}
                                                                          : Colour{170, 200, 226};
    if (x > 0.72 && x < 0.93 && y > 0.16 && y < 0.44)  // a picture
      colour =
          x < 0.735 || x > 0.915 || y < 0.185 || y > 0.415
              ? Colour{70, 50, 36}
              : mixed(any_colour(5, seed), any_colour(6, seed), clouds(12 * x, 12 * y, 3, seed));
    if (y > 0.78) colour = lit({126, 92, 66}, 0.75 + 0.4 * clouds(60 * x, 6 * y, 3, seed));
    return colour;
  };
}

Painter bricks(std::uint32_t seed) {
  return [=](double x, double y) -> Colour {
    const int row = static_cast<int>(y * 24);
    const double at = x * 20 + (row % 2) * 0.5, in_row = y * 24 - row;
    if (in_row < 0.1 || at - std::floor(at) < 0.05) return {178, 170, 160};
    return lit({156, 84, 66}, 0.75 + 0.4 * chance(static_cast<int>(at), row, seed) +
                                  0.2 * (clouds(90 * x, 60 * y, 3, seed) - 0.5));
  };
}

Painter screen(const Colour& colour, double dark) {
  return [=](double x, double y) {
    const double corner = std::pow(std::hypot(x - 0.5, y - 0.45) / 0.68, 2);
    return lit(colour, 1 - dark * corner + 0.03 * std::sin(5 * x + 2));
  };
}

Painter painter_of(const std::string& name, const media::Frame& person, std::uint32_t seed) {
  const Colour a = any_colour(1, seed), b = any_colour(2, seed);
  if (name == "plain wall") return wall(mixed(a, {190, 188, 184}, 0.6), seed);
  if (name == "gradient")
    return [=](double x, double y) { return mixed(a, b, std::clamp(0.6 * x + 0.5 * y, 0.0, 1.0)); };
  if (name == "stripes")
    return [=](double x, double y) {
      return mixed(a, b, std::fmod(x * 26 + 0.1 * y, 2) < 1 ? 0.1 : 0.75);
    };
  if (name == "checks")
    return [=](double x, double y) {
      return (static_cast<int>(x * 32) + static_cast<int>(y * 18)) % 2 == 0 ? a : b;
    };
  if (name == "noise")
    return [=](double x, double y) {
      const double n = clouds(70 * x, 40 * y, 3, seed);
      return mixed(a, b, std::clamp(2.2 * (n - 0.5) + 0.5, 0.0, 1.0));
    };
  if (name == "clouds of colour")
    return [=](double x, double y) -> Colour {
      return {255 * clouds(4 * x, 3 * y, 5, seed), 255 * clouds(4 * x, 3 * y, 5, seed + 50),
              255 * clouds(4 * x, 3 * y, 5, seed + 90)};
    };
  if (name == "shelf") return shelf(seed);
  if (name == "leaves") return leaves(seed);
  if (name == "lights") return lights(seed);
  if (name == "room") return room(seed);
  if (name == "bricks") return bricks(seed);
  if (name == "wall like the clothes") return wall(lit(tone_of(person, 0.6, 0.95), 1.04), seed);
  if (name == "wall like the skin") return wall(tone_of(person, 0.2, 0.3), seed);
  if (name == "wall like the hair") return wall(lit(tone_of(person, 0.0, 0.08), 1.08), seed);
  if (name == "green screen") return screen({62, 176, 74}, 0.08);
  if (name == "green screen, dark corners") return screen({62, 176, 74}, 0.5);
  if (name == "blue screen") return screen({36, 70, 190}, 0.12);
  return {};
}

}  // namespace

const std::vector<Scene>& scenes() {
  static const std::vector<Scene> list = {{"plain wall"},
                                          {"gradient"},
                                          {"stripes"},
                                          {"checks"},
                                          {"noise"},
                                          {"clouds of colour"},
                                          {"shelf"},
                                          {"leaves"},
                                          {"lights"},
                                          {"room"},
                                          {"bricks"},
                                          {"wall like the clothes"},
                                          {"wall like the skin"},
                                          {"wall like the hair"},
                                          {"bright-office"},
                                          {"misty-mountains"},
                                          {"city-skyline-day"},
                                          {"library-bookshelf"},
                                          {"grey-studio"},
                                          {"tropical-beach"},
                                          {"green screen", true},
                                          {"green screen, dark corners", true},
                                          {"blue screen", true}};
  return list;
}

media::Frame paint(const Scene& scene, const media::Frame& person, std::uint32_t seed) {
  const int width = person.width, height = person.height;
  const Painter painter = painter_of(scene.name, person, seed);
  if (!painter)
    return media::to_frame(
        media::scale(library::draw_picture(**library::find_picture(scene.name)), width, height));
  media::Image image{width, height, {}};
  image.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Colour colour = painter((x + 0.5) / width, (y + 0.5) / height);
      const std::size_t i = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                             static_cast<std::size_t>(x)) *
                            4;
      for (std::size_t c = 0; c < 3; ++c)
        image.rgba[i + c] = static_cast<std::uint8_t>(std::clamp(colour[c], 0.0, 255.0));
      image.rgba[i + 3] = 255;
    }
  return media::to_frame(image);
}

}  // namespace understudy::bench
