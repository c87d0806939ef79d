// Colours of style sheets: reading them, and telling how far apart two look. Values as in CSS Color
// Level 4: hex, rgb(), hsl(), names; what is mostly transparent is no colour of a brand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy::brand_kits {

struct Colour {
  int red = 0;  // 0..255
  int green = 0;
  int blue = 0;
  friend auto operator<=>(const Colour&, const Colour&) = default;
};

std::optional<Colour> parse_colour(std::string_view text);
std::string to_hex(const Colour& colour);  // "#1a2b3c"

// CIE L*a*b* (D65): lightness 0..100, and how colourful: about 10 is a tinted grey, 40 a colour.
struct Lab {
  double lightness = 0;
  double a = 0;
  double b = 0;
  double chroma() const;
};
Lab lab_of(const Colour& colour);
double distance(const Colour& one, const Colour& other);      // CIE76; below 8 hardly told apart
double hue_distance(const Colour& one, const Colour& other);  // degrees, 0..180

}  // namespace understudy::brand_kits
