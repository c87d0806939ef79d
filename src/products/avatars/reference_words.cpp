#include "products/avatars/reference_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace understudy::avatars {
namespace {

using face::Point;

struct Colour {
  double red = 0, green = 0, blue = 0;
};

double lightness(Colour colour) {
  return 0.30 * colour.red + 0.59 * colour.green + 0.11 * colour.blue;
}

double distance(Colour a, Colour b) {
  return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

Colour at(const media::Image& picture, Point point) {
  const int x = std::clamp(static_cast<int>(point.x), 0, picture.width - 1);
  const int y = std::clamp(static_cast<int>(point.y), 0, picture.height - 1);
  const auto* pixel = &picture.rgba[(static_cast<std::size_t>(y) * picture.width + x) * 4];
  return {double(pixel[0]), double(pixel[1]), double(pixel[2])};
}

bool is_inside(const media::Image& picture, Point point) {
  return point.x >= 0 && point.y >= 0 && point.x < picture.width && point.y < picture.height;
}

Colour cheeks(const media::Image& picture, const face::Face& face) {
  const Colour left = at(picture, face::middle(face.landmarks[31], face.landmarks[3]));
  const Colour right = at(picture, face::middle(face.landmarks[35], face.landmarks[13]));
  return {(left.red + right.red) / 2, (left.green + right.green) / 2, (left.blue + right.blue) / 2};
}

std::string skin_words(Colour skin) {
  const double light = lightness(skin);
  if (light > 190) return ". fair skin";
  if (light > 140) return {};
  if (light > 95) return ". brown skin";
  return ". dark skin";
}

Colour median(std::vector<Colour> colours) {
  Colour made;
  for (double Colour::*channel : {&Colour::red, &Colour::green, &Colour::blue}) {
    const auto half = colours.begin() + static_cast<std::ptrdiff_t>(colours.size() / 2);
    std::nth_element(colours.begin(), half, colours.end(),
                     [channel](Colour a, Colour b) { return a.*channel < b.*channel; });
    made.*channel = (*half).*channel;
  }
  return made;
}

// Grey by its saturation, the others by their hue and lightness.
std::string hair_words(Colour hair) {
  const double high = std::max({hair.red, hair.green, hair.blue});
  const double low = std::min({hair.red, hair.green, hair.blue});
  const double saturation = high > 0 ? (high - low) / high : 0;
  const double light = lightness(hair);
  if (light < 48) return ". black hair";
  if (saturation < 0.16) return light > 175 ? ". white hair" : light > 95 ? ". grey hair" : "";
  const bool is_warm = hair.red >= hair.green && hair.green >= hair.blue;
  if (!is_warm) return {};
  // Of the way from red (0) to yellow (1).
  const double yellow = (hair.green - low) / std::max(high - low, 1.0);
  if (yellow < 0.45 && high - low > 70) return ". red hair";
  return light > 118 ? ". blonde hair" : ". brown hair";
}

// Above the forehead, where hair is seen of nearly everybody who has some.
std::string hair_words(const media::Image& picture, const face::Face& face, Colour skin) {
  const Point brow = face::middle(face.landmarks[21], face.landmarks[22]);
  const Point up = brow - face.landmarks[8];
  const Point side = face.landmarks[16] - face.landmarks[0];
  std::vector<Colour> colours;
  for (const double height : {0.52, 0.58, 0.64, 0.70}) {
    for (const double aside : {-0.24, -0.16, -0.08, 0.0, 0.08, 0.16, 0.24}) {
      const Point point = brow + up * height + side * aside;
      if (is_inside(picture, point)) colours.push_back(at(picture, point));
    }
  }
  if (colours.size() < 14) return {};  // cut off by the rim
  const Colour hair = median(colours);
  const auto agreeing = std::count_if(colours.begin(), colours.end(), [hair](Colour colour) {
    return distance(colour, hair) < 90;
  });
  const bool is_one_thing = agreeing * 10 >= static_cast<std::ptrdiff_t>(colours.size()) * 6;
  if (!is_one_thing || distance(hair, skin) < 45) return {};  // a bald head, a rim, a pattern
  return hair_words(hair);
}

}  // namespace

std::string words_of_reference(const media::Image& picture, const face::Face& face) {
  const Colour skin = cheeks(picture, face);
  return skin_words(skin) + hair_words(picture, face, skin);
}

}  // namespace understudy::avatars
