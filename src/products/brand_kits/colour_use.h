// How much the colours of a site count, by where they are used; see site_brand.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "products/brand_kits/css_colour.h"

namespace understudy::brand_kits {

// A property's or class' name in words: "--color-brandPrimary" has "color", "brand" and "primary".
std::vector<std::string> words_of(std::string_view name);

enum class Role { none, primary, secondary, tertiary, accent };

// The role that a custom property is called after. Its states and shades are others.
Role role_of(std::string_view property);

bool is_colour_property(std::string_view property);

// What a declaration's place is worth.
double place_weight(std::string_view selector, std::string_view property);

struct Weighed {
  Colour colour;
  double weight = 0;
  Role role = Role::none;  // the best that a custom property gave it
  double role_weight = 0;
};

class ColourCount {
 public:
  void add(const Colour& colour, double weight, Role role = Role::none, double role_weight = 0);
  std::vector<Weighed> by_weight() const;  // the heaviest first

 private:
  Weighed& place_of(const Colour& colour);

  std::vector<Weighed> found_;
  std::map<Colour, std::size_t> places_;  // which of them each colour counts for
};

}  // namespace understudy::brand_kits
