#include "products/brand_kits/site_brand.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "products/brand_kits/colour_use.h"
#include "products/brand_kits/font_names.h"

namespace understudy::brand_kits {
namespace {

constexpr int kVariableDepthMax = 8;
constexpr double kColourful = 18;  // chroma of what is no grey
constexpr std::size_t kColoursMax = 10;
constexpr std::size_t kSvgBytesMax = 400'000;

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

class BrandReading {
 public:
  explicit BrandReading(const json::object& site)
      : site_(site), page_(read_page(string_or(site, "html"), string_or(site, "url"))) {}

  SiteBrand read() {
    read_sheets();
    collect_variables();
    count_theme_colours();
    count_rules();
    SiteBrand brand;
    brand.name = site_name();
    choose_colours(brand);
    choose_fonts(brand);
    brand.logos = page_.logos;
    brand.stylesheets = page_.stylesheets;
    brand.imports = std::move(imports_);
    return brand;
  }

 private:
  void read_sheets() {
    for (const auto& text : page_.styles) add_sheet(read_css(text), string_or(site_, "url"));
    if (const auto* styles = array_or_null(site_, "styles")) {
      for (const auto& entry : *styles) {
        const auto* style = entry.if_object();
        if (style != nullptr)
          add_sheet(read_css(string_or(*style, "text")), string_or(*style, "url"));
      }
    }
    for (const auto& style : page_.inline_styles) {
      rules_.push_back({style.tag, read_declarations(style.style)});
    }
  }

  void add_sheet(Sheet sheet, const std::string& base) {
    for (const auto& reference : sheet.imports) {
      if (auto url = absolute_url(base, reference); !url.empty())
        imports_.push_back(std::move(url));
    }
    std::move(sheet.rules.begin(), sheet.rules.end(), std::back_inserter(rules_));
  }

  void collect_variables() {
    for (const auto& rule : rules_) {
      const std::string selector = lower_case(rule.selector);
      const bool is_dark = has(selector, "dark");
      for (const auto& declaration : rule.declarations) {
        if (!declaration.property.starts_with("--")) continue;
        // The first, unless it was a dark theme's: the page starts with it.
        if (!is_dark) variables_.try_emplace(declaration.property, declaration.value);
      }
    }
  }

  // The value with its var() resolved; empty when it leads nowhere.
  std::string resolved(const std::string& value, int depth = 0) const {
    const auto at = value.find("var(");
    if (at == std::string::npos) return value;
    if (depth >= kVariableDepthMax || value.size() > 2'000) return {};
    int open = 0;
    std::size_t end = at + 3;
    for (; end < value.size(); ++end) {
      if (value[end] == '(') ++open;
      if (value[end] == ')' && --open == 0) break;
    }
    if (end >= value.size()) return {};
    const std::string inner = value.substr(at + 4, end - at - 4);
    const auto parts = split_value(inner, ',');
    if (parts.empty()) return {};
    std::string put;
    if (const auto found = variables_.find(parts[0]); found != variables_.end()) {
      put = found->second;
    } else if (parts.size() > 1) {
      put = inner.substr(inner.find(',') + 1);
    }
    return resolved(value.substr(0, at) + put + value.substr(end + 1), depth + 1);
  }

  // Every colour in a value: "1px solid #fff", "linear-gradient(...)". A list of three numbers is
  // what some frameworks put into rgb() or hsl() later.
  std::vector<Colour> colours_in(const std::string& raw) const {
    std::vector<Colour> found;
    const std::string value = resolved(raw);
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

  static std::optional<Colour> triple_colour(const std::string& value) {
    const auto parts = split_value(value, has(value, ",") ? ',' : ' ');
    if (parts.size() != 3) return std::nullopt;
    const bool is_hsl = parts[1].ends_with('%') && parts[2].ends_with('%');
    for (const auto& part : parts) {
      if (part.find_first_not_of("0123456789.%") != std::string::npos) return std::nullopt;
    }
    return parse_colour((is_hsl ? "hsl(" : "rgb(") + parts[0] + "," + parts[1] + "," + parts[2] +
                        ")");
  }

  void count_theme_colours() {
    double weight = 14;
    for (const auto& text : page_.theme_colours) {
      if (const auto colour = parse_colour(text)) colours_.add(*colour, weight);
      weight *= 0.6;
    }
    // Frameworks bring palettes of their own; they count only where they are used.
    for (const auto& [name, value] : variables_) {
      const Role role = role_of(name);
      std::vector<Colour> found = colours_in(value);
      if (found.empty()) {
        if (const auto triple = triple_colour(resolved(value))) found.push_back(*triple);
      }
      if (found.size() != 1) continue;
      const bool is_framework = name.starts_with("--bs-") || name.starts_with("--swiper") ||
                                name.starts_with("--wp--preset--color--vivid") ||
                                name.starts_with("--tw-");
      const double own = 20;
      // "--primary" says more than "--card-primary-line".
      const double exact = std::max(0.3, 1.3 - 0.25 * static_cast<double>(words_of(name).size()));
      if (role == Role::none || is_framework) {
        colours_.add(found.front(), 0.3);
      } else {
        colours_.add(found.front(), own * exact, role, own * exact);
      }
    }
  }

  void count_rules() {
    std::map<std::string, int> seen;  // utility classes repeat one declaration many times
    for (const auto& rule : rules_) {
      for (const auto& [property, value] : rule.declarations) {
        if (!is_colour_property(property)) continue;
        const double weight = place_weight(rule.selector, property);
        for (const auto& colour : colours_in(value)) {
          const int times = ++seen[property + to_hex(colour)];
          colours_.add(colour, weight / std::sqrt(times));
        }
      }
    }
  }

  void choose_colours(SiteBrand& brand) const {
    const auto weighed = colours_.by_weight();
    std::vector<const Weighed*> colourful;
    std::vector<const Weighed*> greys;
    for (const auto& one : weighed) {
      (lab_of(one.colour).chroma() >= kColourful ? colourful : greys).push_back(&one);
    }
    const auto named = [&](Role role) -> const Weighed* {
      const Weighed* best = nullptr;
      for (const auto& one : weighed) {
        if (one.role == role && (best == nullptr || one.role_weight > best->role_weight))
          best = &one;
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

  // The families of a font or font-family value, var() resolved.
  std::vector<std::string> families_of(const Declaration& declaration) const {
    std::string value = resolved(declaration.value);
    if (declaration.property == "font") {
      // "italic 700 1rem/1.5 Inter, sans-serif": the family follows the size.
      const auto parts = split_value(value, ' ');
      std::string rest;
      bool is_behind_size = false;
      for (const auto& part : parts) {
        if (is_behind_size) rest += (rest.empty() ? "" : " ") + part;
        if (!part.empty() && part.find_first_of("0123456789") == 0 &&
            part.find_first_not_of("0123456789") != std::string::npos)
          is_behind_size = true;
      }
      value = rest;
    }
    std::vector<std::string> families;
    for (const auto& part : split_value(value, ',')) families.push_back(unquoted(part));
    return families;
  }

  // The first family that says something; a system's own when there is no other.
  static std::string own_family(const std::vector<std::string>& families) {
    for (const auto& family : families) {
      if (!is_system_font(family) && !is_icon_font(family) && family.size() <= 80 &&
          !family.empty())
        return family;
    }
    return {};
  }

  static bool selects(std::string_view selector, std::initializer_list<std::string_view> names) {
    for (const auto& part : split(selector, ',')) {
      const std::string one = lower_case(trimmed(part));
      for (const auto name : names) {
        if (one == name) return true;
      }
    }
    return false;
  }

  void choose_fonts(SiteBrand& brand) const {
    std::map<std::string, double> weights;
    std::vector<std::string> order;
    std::string system_font;
    const auto count = [&](const std::string& family, double weight) {
      if (family.empty()) return;
      if (weights.try_emplace(family, 0).second) order.push_back(family);
      weights[family] += weight;
    };
    for (const auto& name : web_fonts()) count(name, 3);
    for (const auto& rule : rules_) {
      const bool is_title = selects(
          rule.selector, {"h1", "h2", "h3", ".h1", ".title", ".heading", ".headline", "h1.title"});
      const bool is_body =
          selects(rule.selector, {"body", "html", ":root", "p", "*", "main", ":host"});
      for (const auto& declaration : rule.declarations) {
        const bool is_family =
            declaration.property == "font-family" || declaration.property == "font";
        if (is_family && rule.selector == "@font-face") {
          count(own_family(families_of(declaration)), 2);
        } else if (is_family) {
          const auto families = families_of(declaration);
          const std::string family = own_family(families);
          count(family, is_title || is_body ? 6 : 1);
          if (is_title && brand.title_font.empty()) brand.title_font = family;
          if (is_body && brand.body_font.empty()) brand.body_font = family;
          if (is_body && system_font.empty() && !families.empty() &&
              is_named_font_of_systems(families.front()))
            system_font = families.front();
        } else if (declaration.property == "font-weight") {
          const int weight = weight_from(resolved(declaration.value));
          if (is_title && brand.title_weight == 0) brand.title_weight = weight;
          if (is_body && brand.body_weight == 0) brand.body_weight = weight;
        } else if (declaration.property.starts_with("--")) {
          read_font_variable(declaration, brand, count);
        }
      }
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](const auto& a, const auto& b) { return weights[a] > weights[b]; });
    if (order.empty() && !system_font.empty()) order.push_back(system_font);
    if (order.size() > 6) order.resize(6);
    for (auto* role : {&brand.title_font, &brand.body_font}) {
      if (role->empty() && !order.empty())
        *role = role == &brand.body_font && !brand.title_font.empty() && order.size() > 1 &&
                        order[0] == brand.title_font
                    ? order[1]
                    : order.front();
      if (!role->empty() && std::find(order.begin(), order.end(), *role) == order.end())
        order.push_back(*role);
    }
    brand.fonts = std::move(order);
  }

  // "--font-heading: 'Playfair Display', serif".
  template <class Count>
  void read_font_variable(const Declaration& declaration, SiteBrand& brand,
                          const Count& count) const {
    const auto words = words_of(declaration.property);
    const auto is_in = [&](std::string_view word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    };
    if (!is_in("font") || is_in("size") || is_in("weight") || is_in("line") || is_in("mono") ||
        is_in("code"))
      return;
    const std::string value = resolved(declaration.value);
    const bool is_list = has(value, ",") || value.starts_with('"') || value.starts_with('\'');
    if (!is_list) return;
    std::vector<std::string> families;
    for (const auto& part : split_value(value, ',')) families.push_back(unquoted(part));
    const std::string family = own_family(families);
    count(family, 1);
    const bool is_title =
        is_in("heading") || is_in("headings") || is_in("title") || is_in("display");
    const bool is_body = is_in("body") || is_in("text") || is_in("base") || is_in("sans");
    if (is_title && brand.title_font.empty()) brand.title_font = family;
    if (is_body && brand.body_font.empty()) brand.body_font = family;
  }

  // https://fonts.googleapis.com/css2?family=Inter:wght@400;700&family=Open+Sans
  std::vector<std::string> web_fonts() const {
    std::vector<std::string> names;
    std::vector<std::string> urls = page_.stylesheets;
    urls.insert(urls.end(), imports_.begin(), imports_.end());
    for (const auto& url : urls) {
      if (!has(url, "fonts.googleapis.com") && !has(url, "fonts.bunny.net")) continue;
      std::size_t at = url.find("family=");
      while (at != std::string::npos) {
        at += 7;
        const auto end = url.find('&', at);
        for (auto& name : split(url.substr(at, end == std::string::npos ? end : end - at), '|')) {
          name.resize(std::min(name.size(), name.find_first_of(":@")));
          for (std::size_t space; (space = name.find("%20")) != std::string::npos;)
            name.replace(space, 3, " ");
          std::replace(name.begin(), name.end(), '+', ' ');
          if (!name.empty() && name.size() <= 80 && !is_icon_font(name)) names.push_back(name);
        }
        at = url.find("family=", at);
      }
    }
    return names;
  }

  std::string site_name() const {
    if (!page_.site_name.empty()) return page_.site_name;
    // "Acme | Rockets for everyone": the shorter end is mostly the name.
    std::string title = page_.title;
    for (const char* separator : {" | ", " – ", " — ", " - ", " · ", ": "}) {
      const auto at = title.find(separator);
      if (at == std::string::npos) continue;
      const std::string first = title.substr(0, at);
      const std::string last =
          title.substr(title.rfind(separator) + std::string_view(separator).size());
      title = first.size() <= last.size() ? first : last;
      break;
    }
    return std::string(trimmed(title));
  }

  const json::object& site_;
  Page page_;
  std::vector<Rule> rules_;
  std::vector<std::string> imports_;
  std::map<std::string, std::string> variables_;
  ColourCount colours_;
};

json::array texts(const std::vector<std::string>& items) {
  json::array array;
  for (const auto& item : items) array.emplace_back(item);
  return array;
}

std::vector<std::string> texts_from(const json::object& document, std::string_view name) {
  std::vector<std::string> items;
  const auto* array = array_or_null(document, name);
  if (array == nullptr) return items;
  for (const auto& item : *array) {
    if (const auto* text = item.if_string()) items.emplace_back(text->data(), text->size());
  }
  return items;
}

}  // namespace

SiteBrand brand_of(const json::object& site) { return BrandReading(site).read(); }

json::object to_json(const SiteBrand& brand) {
  json::array colours;
  for (const auto& colour : brand.colours) colours.emplace_back(to_hex(colour));
  json::array logos;
  std::size_t svg_bytes = 0;
  for (const auto& logo : brand.logos) {
    if (logos.size() == 12) break;
    svg_bytes += logo.svg.size();
    if (svg_bytes > kSvgBytesMax) continue;
    logos.push_back(json::object{
        {"url", logo.url}, {"svg", logo.svg}, {"name", logo.name}, {"score", logo.score}});
  }
  return {{"name", brand.name},
          {"colours", std::move(colours)},
          {"primary", brand.primary},
          {"secondary", brand.secondary},
          {"tertiary", brand.tertiary},
          {"accent", brand.accent},
          {"fonts", texts(brand.fonts)},
          {"title_font", brand.title_font},
          {"body_font", brand.body_font},
          {"title_weight", brand.title_weight},
          {"body_weight", brand.body_weight},
          {"logos", std::move(logos)},
          {"stylesheets", texts(brand.stylesheets)},
          {"imports", texts(brand.imports)}};
}

SiteBrand site_brand_from(const json::object& document) {
  SiteBrand brand;
  brand.name = string_or(document, "name");
  for (const auto& text : texts_from(document, "colours")) {
    if (const auto colour = parse_colour(text)) brand.colours.push_back(*colour);
  }
  const auto role = [&](const char* name) {
    const auto colour = parse_colour(string_or(document, name));
    return colour ? to_hex(*colour) : std::string();
  };
  brand.primary = role("primary");
  brand.secondary = role("secondary");
  brand.tertiary = role("tertiary");
  brand.accent = role("accent");
  brand.fonts = texts_from(document, "fonts");
  brand.title_font = string_or(document, "title_font");
  brand.body_font = string_or(document, "body_font");
  brand.title_weight = static_cast<int>(int_or(document, "title_weight", 0));
  brand.body_weight = static_cast<int>(int_or(document, "body_weight", 0));
  brand.stylesheets = texts_from(document, "stylesheets");
  brand.imports = texts_from(document, "imports");
  if (const auto* logos = array_or_null(document, "logos")) {
    for (const auto& entry : *logos) {
      const auto* logo = entry.if_object();
      if (logo != nullptr) {
        brand.logos.push_back({string_or(*logo, "url"), string_or(*logo, "svg"),
                               string_or(*logo, "name"), number_or(*logo, "score", 0)});
      }
    }
  }
  return brand;
}

}  // namespace understudy::brand_kits
