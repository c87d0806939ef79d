#include "products/brand_kits/css_colour.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "base/text.h"

namespace understudy::brand_kits {
namespace {

constexpr double kDegrees = 180 / 3.14159265358979;

// The names that sites use; each is a value of CSS Color Level 4.
constexpr std::array<std::pair<std::string_view, std::string_view>, 60> kNames = {{
    {"black", "#000000"},         {"white", "#ffffff"},          {"red", "#ff0000"},
    {"green", "#008000"},         {"blue", "#0000ff"},           {"yellow", "#ffff00"},
    {"orange", "#ffa500"},        {"purple", "#800080"},         {"gray", "#808080"},
    {"grey", "#808080"},          {"silver", "#c0c0c0"},         {"maroon", "#800000"},
    {"navy", "#000080"},          {"teal", "#008080"},           {"olive", "#808000"},
    {"lime", "#00ff00"},          {"aqua", "#00ffff"},           {"cyan", "#00ffff"},
    {"fuchsia", "#ff00ff"},       {"magenta", "#ff00ff"},        {"pink", "#ffc0cb"},
    {"hotpink", "#ff69b4"},       {"deeppink", "#ff1493"},       {"crimson", "#dc143c"},
    {"tomato", "#ff6347"},        {"coral", "#ff7f50"},          {"salmon", "#fa8072"},
    {"orangered", "#ff4500"},     {"darkorange", "#ff8c00"},     {"gold", "#ffd700"},
    {"goldenrod", "#daa520"},     {"khaki", "#f0e68c"},          {"indigo", "#4b0082"},
    {"violet", "#ee82ee"},        {"orchid", "#da70d6"},         {"plum", "#dda0dd"},
    {"rebeccapurple", "#663399"}, {"slateblue", "#6a5acd"},      {"royalblue", "#4169e1"},
    {"dodgerblue", "#1e90ff"},    {"deepskyblue", "#00bfff"},    {"skyblue", "#87ceeb"},
    {"steelblue", "#4682b4"},     {"cornflowerblue", "#6495ed"}, {"midnightblue", "#191970"},
    {"darkblue", "#00008b"},      {"turquoise", "#40e0d0"},      {"seagreen", "#2e8b57"},
    {"forestgreen", "#228b22"},   {"darkgreen", "#006400"},      {"limegreen", "#32cd32"},
    {"chocolate", "#d2691e"},     {"sienna", "#a0522d"},         {"brown", "#a52a2a"},
    {"firebrick", "#b22222"},     {"darkred", "#8b0000"},        {"beige", "#f5f5dc"},
    {"ivory", "#fffff0"},         {"lightgray", "#d3d3d3"},      {"darkgray", "#a9a9a9"},
}};

std::optional<Colour> from_hex(std::string_view digits) {
  const auto value = [&](std::size_t at, std::size_t count) -> std::optional<int> {
    int number = 0;
    const auto* end = digits.data() + at + count;
    const auto read = std::from_chars(digits.data() + at, end, number, 16);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return count == 1 ? number * 17 : number;
  };
  const bool is_short = digits.size() == 3 || digits.size() == 4;
  const bool is_long = digits.size() == 6 || digits.size() == 8;
  if (!is_short && !is_long) return std::nullopt;
  const std::size_t width = is_short ? 1 : 2;
  const auto red = value(0, width);
  const auto green = value(width, width);
  const auto blue = value(width * 2, width);
  if (!red || !green || !blue) return std::nullopt;
  if (digits.size() == width * 4) {
    const auto alpha = value(width * 3, width);
    if (!alpha || *alpha < 128) return std::nullopt;
  }
  return Colour{*red, *green, *blue};
}

// The numbers of "rgb(1, 2 3 / 50%)" with percent signs and degrees told by their unit.
struct Number {
  double value = 0;
  bool is_percent = false;
};

std::vector<Number> numbers_in(std::string_view text) {
  std::vector<Number> numbers;
  std::size_t at = 0;
  while (at < text.size() && numbers.size() < 5) {
    const char c = text[at];
    if ((c < '0' || c > '9') && c != '.' && c != '-') {
      ++at;
      continue;
    }
    double value = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (read.ec != std::errc()) {
      ++at;
      continue;
    }
    at = static_cast<std::size_t>(read.ptr - text.data());
    const bool is_percent = at < text.size() && text[at] == '%';
    numbers.push_back({value, is_percent});
  }
  return numbers;
}

int byte_of(double value) { return std::clamp(static_cast<int>(std::lround(value)), 0, 255); }

// CSS Color Level 4, 7.1.
Colour from_hsl(double hue, double saturation, double lightness) {
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue / 30, 12);
    const double a = saturation * std::min(lightness, 1 - lightness);
    return byte_of(255 * (lightness - a * std::clamp(std::min(k - 3, 9 - k), -1.0, 1.0)));
  };
  return {channel(0), channel(8), channel(4)};
}

std::optional<Colour> from_function(std::string_view text) {
  const auto open = text.find('(');
  const auto numbers = numbers_in(text.substr(open + 1));
  if (numbers.size() < 3) return std::nullopt;
  if (numbers.size() > 3) {
    const double alpha = numbers[3].value / (numbers[3].is_percent ? 100 : 1);
    if (alpha < 0.5) return std::nullopt;
  }
  if (text.starts_with("hsl")) {
    const double hue = std::fmod(std::fmod(numbers[0].value, 360) + 360, 360);
    return from_hsl(hue, std::clamp(numbers[1].value / 100, 0.0, 1.0),
                    std::clamp(numbers[2].value / 100, 0.0, 1.0));
  }
  const auto channel = [](const Number& number) {
    return byte_of(number.is_percent ? number.value * 2.55 : number.value);
  };
  return Colour{channel(numbers[0]), channel(numbers[1]), channel(numbers[2])};
}

double linear(int channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

}  // namespace

std::optional<Colour> parse_colour(std::string_view text) {
  const std::string value = lower_case(trimmed(text));
  if (value.starts_with('#')) return from_hex(std::string_view(value).substr(1));
  if (value.starts_with("rgb") || value.starts_with("hsl")) {
    if (value.find('(') != std::string::npos && value.ends_with(')')) return from_function(value);
    return std::nullopt;
  }
  for (const auto& [name, hex] : kNames) {
    if (name == value) return from_hex(hex.substr(1));
  }
  return std::nullopt;
}

std::string to_hex(const Colour& colour) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "#";
  for (const int channel : {colour.red, colour.green, colour.blue}) {
    text += kDigits[channel >> 4];
    text += kDigits[channel & 15];
  }
  return text;
}

double Lab::chroma() const { return std::hypot(a, b); }

Lab lab_of(const Colour& colour) {
  const double red = linear(colour.red);
  const double green = linear(colour.green);
  const double blue = linear(colour.blue);
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  const double x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const double y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const double z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double distance(const Colour& one, const Colour& other) {
  const Lab a = lab_of(one);
  const Lab b = lab_of(other);
  return std::hypot(a.lightness - b.lightness, a.a - b.a, a.b - b.b);
}

double hue_distance(const Colour& one, const Colour& other) {
  const Lab a = lab_of(one);
  const Lab b = lab_of(other);
  const double angle = std::abs(std::atan2(a.b, a.a) - std::atan2(b.b, b.a)) * kDegrees;
  return std::min(angle, 360 - angle);
}

}  // namespace understudy::brand_kits
