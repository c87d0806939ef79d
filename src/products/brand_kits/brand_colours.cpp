#include "products/brand_kits/brand_colours.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "products/brand_kits/colour_use.h"

namespace understudy::brand_kits {
namespace {

constexpr double kColourful = 18;  // chroma of what is no grey
constexpr std::size_t kColoursMax = 10;

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

// Every colour in a value: "1px solid #fff", "linear-gradient(...)". A list of three numbers is
// what some frameworks put into rgb() or hsl() later.
std::vector<Colour> colours_in(const SiteStyle& style, const std::string& raw) {
  std::vector<Colour> found;
  const std::string value = style.resolved(raw);
  if (has(value, "url(")) return found;
  std::vector<std::string> pieces = split_value(value, ' ');
  for (std::size_t i = 0; i < pieces.size() && i < 64; ++i) {
    std::string piece = pieces[i];
    while (piece.ends_with(',')) piece.pop_back();
    if (const auto colour = parse_colour(piece)) {
      found.push_back(*colour);
    } else if (has(piece, "gradient(")) {
      const auto open = piece.find('(');
      for (const auto& part :
           split_value(std::string_view(piece).substr(open + 1, piece.size() - open - 2), ',')) {
        for (const auto& stop : split_value(part, ' ')) {
          if (const auto colour_stop = parse_colour(stop)) found.push_back(*colour_stop);
        }
      }
    }
  }
  return found;
}

std::optional<Colour> triple_colour(const std::string& value) {
  const auto parts = split_value(value, has(value, ",") ? ',' : ' ');
  if (parts.size() != 3) return std::nullopt;
  const bool is_hsl = parts[1].ends_with('%') && parts[2].ends_with('%');
  for (const auto& part : parts) {
    if (part.find_first_not_of("0123456789.%") != std::string::npos) return std::nullopt;
  }
  return parse_colour((is_hsl ? "hsl(" : "rgb(") + parts[0] + "," + parts[1] + "," + parts[2] +
                      ")");
}

void count_theme_colours(const Page& page, const SiteStyle& style, ColourCount& colours) {
  double weight = 14;
  for (const auto& text : page.theme_colours) {
    if (const auto colour = parse_colour(text)) colours.add(*colour, weight);
    weight *= 0.6;
  }
  // Frameworks bring palettes of their own; they count only where they are used.
  for (const auto& [name, value] : style.variables()) {
    const Role role = role_of(name);
    std::vector<Colour> found = colours_in(style, value);
    if (found.empty()) {
      if (const auto triple = triple_colour(style.resolved(value))) found.push_back(*triple);
    }
    if (found.size() != 1) continue;
    const bool is_framework = name.starts_with("--bs-") || name.starts_with("--swiper") ||
                              name.starts_with("--wp--preset--color--vivid") ||
                              name.starts_with("--tw-");
    const double own = 20;
    // "--primary" says more than "--card-primary-line".
    const double exact = std::max(0.3, 1.3 - 0.25 * static_cast<double>(words_of(name).size()));
    if (role == Role::none || is_framework) {
      colours.add(found.front(), 0.3);
    } else {
      colours.add(found.front(), own * exact, role, own * exact);
    }
  }
}

void count_rules(const SiteStyle& style, ColourCount& colours) {
  std::map<std::string, int> seen;  // utility classes repeat one declaration many times
  for (const auto& rule : style.rules()) {
    for (const auto& [property, value] : rule.declarations) {
      if (!is_colour_property(property)) continue;
      const double weight = place_weight(rule.selector, property);
      for (const auto& colour : colours_in(style, value)) {
        const int times = ++seen[property + to_hex(colour)];
        colours.add(colour, weight / std::sqrt(times));
      }
    }
  }
}

}  // namespace

void choose_colours(const Page& page, const SiteStyle& style, SiteBrand& brand) {
  ColourCount colours;
  count_theme_colours(page, style, colours);
  count_rules(style, colours);
  const auto weighed = colours.by_weight();
  std::vector<const Weighed*> colourful;
  std::vector<const Weighed*> greys;
  for (const auto& one : weighed) {
    (lab_of(one.colour).chroma() >= kColourful ? colourful : greys).push_back(&one);
  }
  const auto named = [&](Role role) -> const Weighed* {
    const Weighed* best = nullptr;
    for (const auto& one : weighed) {
      if (one.role == role && (best == nullptr || one.role_weight > best->role_weight)) best = &one;
    }
    return best;
  };
  std::vector<const Weighed*> taken;
  const auto is_free = [&](const Weighed* one) {
    return std::find(taken.begin(), taken.end(), one) == taken.end();
  };
  const auto take = [&](const Weighed* one, std::string& role) {
    if (one == nullptr || !is_free(one)) return;
    role = to_hex(one->colour);
    taken.push_back(one);
  };
  take(named(Role::primary), brand.primary);
  take(named(Role::secondary), brand.secondary);
  take(named(Role::tertiary), brand.tertiary);
  take(named(Role::accent), brand.accent);
  const auto fill = [&](std::string& role, auto&& suits) {
    if (!role.empty()) return;
    for (const auto* one : colourful) {
      if (is_free(one) && suits(one)) return take(one, role);
    }
  };
  const double least = colourful.empty() ? 0 : colourful.front()->weight * 0.05;
  fill(brand.primary, [](const auto*) { return true; });
  if (brand.primary.empty()) {
    // A brand without colours: its darkest grey that is used for more than a line.
    for (const auto* one : greys) {
      if (is_free(one) && lab_of(one->colour).lightness < 60) {
        take(one, brand.primary);
        break;
      }
    }
  }
  const auto primary = parse_colour(brand.primary);
  fill(brand.accent, [&](const auto* one) {
    return one->weight >= least && primary && hue_distance(one->colour, *primary) > 35;
  });
  fill(brand.secondary, [&](const auto* one) { return one->weight >= least; });
  if (brand.secondary.empty()) {
    for (const auto* one : greys) {
      if (is_free(one) && lab_of(one->colour).lightness < 45) {
        take(one, brand.secondary);
        break;
      }
    }
  }
  fill(brand.tertiary, [&](const auto* one) { return one->weight >= least; });
  for (const auto* one : taken) brand.colours.push_back(one->colour);
  // Then the rest that matters, and the two greys that text and background are made of.
  for (const auto* one : colourful) {
    if (brand.colours.size() + 2 >= kColoursMax || one->weight < least) break;
    if (is_free(one)) brand.colours.push_back(one->colour);
  }
  int shown = 0;
  for (const auto* one : greys) {
    if (shown == 2 || brand.colours.size() >= kColoursMax) break;
    if (!is_free(one)) continue;
    brand.colours.push_back(one->colour);
    ++shown;
  }
}

}  // namespace understudy::brand_kits
