// A site's brand as the sandboxed process hands it over.
#include "products/brand_kits/site_brand.h"

namespace understudy::brand_kits {
namespace {

constexpr std::size_t kSvgBytesMax = 400'000;

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
