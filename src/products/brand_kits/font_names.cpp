#include "products/brand_kits/font_names.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/text.h"

namespace understudy::brand_kits {
namespace {

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

constexpr std::array<std::string_view, 52> kSystemFonts = {"serif",
                                                           "sans-serif",
                                                           "monospace",
                                                           "cursive",
                                                           "fantasy",
                                                           "system-ui",
                                                           "ui-sans-serif",
                                                           "ui-serif",
                                                           "ui-monospace",
                                                           "ui-rounded",
                                                           "-apple-system",
                                                           "blinkmacsystemfont",
                                                           "segoe ui",
                                                           "roboto mono fallback",
                                                           "helvetica neue",
                                                           "helvetica",
                                                           "arial",
                                                           "arial black",
                                                           "times",
                                                           "times new roman",
                                                           "georgia",
                                                           "courier",
                                                           "courier new",
                                                           "verdana",
                                                           "tahoma",
                                                           "trebuchet ms",
                                                           "lucida grande",
                                                           "lucida sans",
                                                           "lucida console",
                                                           "menlo",
                                                           "monaco",
                                                           "consolas",
                                                           "sfmono-regular",
                                                           "sf mono",
                                                           "liberation mono",
                                                           "liberation sans",
                                                           "dejavu sans mono",
                                                           "apple color emoji",
                                                           "segoe ui emoji",
                                                           "segoe ui symbol",
                                                           "noto color emoji",
                                                           "emoji",
                                                           "math",
                                                           "inherit",
                                                           "initial",
                                                           "unset",
                                                           "revert",
                                                           "cantarell",
                                                           "oxygen-sans",
                                                           "geneva",
                                                           "palatino",
                                                           "garamond"};

}  // namespace

bool is_system_font(const std::string& name) {
  const std::string lower = lower_case(name);
  return std::find(kSystemFonts.begin(), kSystemFonts.end(), lower) != kSystemFonts.end() ||
         has(lower, "fallback");
}

bool is_icon_font(const std::string& name) {
  const std::string lower = lower_case(name);
  for (const char* word : {"icon", "awesome", "glyph", "symbols", "swiper", "slick", "dashicons",
                           "revicons", "star", "woocommerce", "etmodules"}) {
    if (has(lower, word)) return true;
  }
  return false;
}

int weight_from(const std::string& value) {
  if (value == "bold" || value == "bolder") return 700;
  if (value == "normal") return 400;
  const int weight = std::atoi(value.c_str());
  return weight >= 1 && weight <= 1000 ? weight : 0;
}

bool is_named_font_of_systems(const std::string& family) {
  static const std::set<std::string> kNamed = {
      "arial",           "helvetica",    "helvetica neue", "georgia",  "verdana", "tahoma",
      "times new roman", "trebuchet ms", "courier new",    "garamond", "palatino"};
  return kNamed.contains(lower_case(family));
}

}  // namespace understudy::brand_kits
