#include "products/brand_kits/brand_fonts.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "products/brand_kits/colour_use.h"
#include "products/brand_kits/font_names.h"

namespace understudy::brand_kits {
namespace {

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

// The families of a font or font-family value, var() resolved.
std::vector<std::string> families_of(const SiteStyle& style, const Declaration& declaration) {
  std::string value = style.resolved(declaration.value);
  if (declaration.property == "font") {
    // "italic 700 1rem/1.5 Inter, sans-serif": the family follows the size.
    const auto parts = split_value(value, ' ');
    std::string rest;
    bool is_behind_size = false;
    for (const auto& part : parts) {
      if (is_behind_size) rest.append(rest.empty() ? "" : " ").append(part);
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
std::string own_family(const std::vector<std::string>& families) {
  for (const auto& family : families) {
    if (!is_system_font(family) && !is_icon_font(family) && family.size() <= 80 && !family.empty())
      return family;
  }
  return {};
}

bool selects(std::string_view selector, std::initializer_list<std::string_view> names) {
  for (const auto& part : split(selector, ',')) {
    const std::string one = lower_case(trimmed(part));
    for (const auto name : names) {
      if (one == name) return true;
    }
  }
  return false;
}

// "--font-heading: 'Playfair Display', serif".
template <class Count>
void read_font_variable(const SiteStyle& style, const Declaration& declaration, SiteBrand& brand,
                        const Count& count) {
  const auto words = words_of(declaration.property);
  const auto is_in = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (!is_in("font") || is_in("size") || is_in("weight") || is_in("line") || is_in("mono") ||
      is_in("code"))
    return;
  const std::string value = style.resolved(declaration.value);
  const bool is_list = has(value, ",") || value.starts_with('"') || value.starts_with('\'');
  if (!is_list) return;
  std::vector<std::string> families;
  for (const auto& part : split_value(value, ',')) families.push_back(unquoted(part));
  const std::string family = own_family(families);
  count(family, 1);
  const bool is_title = is_in("heading") || is_in("headings") || is_in("title") || is_in("display");
  const bool is_body = is_in("body") || is_in("text") || is_in("base") || is_in("sans");
  if (is_title && brand.title_font.empty()) brand.title_font = family;
  if (is_body && brand.body_font.empty()) brand.body_font = family;
}

// https://fonts.googleapis.com/css2?family=Inter:wght@400;700&family=Open+Sans
std::vector<std::string> web_fonts(const Page& page, const SiteStyle& style) {
  std::vector<std::string> names;
  std::vector<std::string> urls = page.stylesheets;
  urls.insert(urls.end(), style.imports().begin(), style.imports().end());
  for (const auto& url : urls) {
    if (!has(url, "fonts.googleapis.com") && !has(url, "fonts.bunny.net")) continue;
    std::size_t at = url.find("family=");
    while (at != std::string::npos) {
      at += 7;
      const auto end = url.find('&', at);
      for (auto& name : split(url.substr(at, end == std::string::npos ? end : end - at), '|')) {
        name.resize(std::min(name.size(), name.find_first_of(":@")));
        for (std::size_t space; (space = name.find("%20")) != std::string::npos;) {
          name[space] = ' ';
          name.erase(space + 1, 2);
        }
        std::replace(name.begin(), name.end(), '+', ' ');
        if (!name.empty() && name.size() <= 80 && !is_icon_font(name)) names.push_back(name);
      }
      at = url.find("family=", at);
    }
  }
  return names;
}

}  // namespace

void choose_fonts(const Page& page, const SiteStyle& style, SiteBrand& brand) {
  std::map<std::string, double> weights;
  std::vector<std::string> order;
  std::string system_font;
  const auto count = [&](const std::string& family, double weight) {
    if (family.empty()) return;
    if (weights.try_emplace(family, 0).second) order.push_back(family);
    weights[family] += weight;
  };
  for (const auto& name : web_fonts(page, style)) count(name, 3);
  for (const auto& rule : style.rules()) {
    const bool is_title = selects(
        rule.selector, {"h1", "h2", "h3", ".h1", ".title", ".heading", ".headline", "h1.title"});
    const bool is_body =
        selects(rule.selector, {"body", "html", ":root", "p", "*", "main", ":host"});
    for (const auto& declaration : rule.declarations) {
      const bool is_family =
          declaration.property == "font-family" || declaration.property == "font";
      if (is_family && rule.selector == "@font-face") {
        count(own_family(families_of(style, declaration)), 2);
      } else if (is_family) {
        const auto families = families_of(style, declaration);
        const std::string family = own_family(families);
        count(family, is_title || is_body ? 6 : 1);
        if (is_title && brand.title_font.empty()) brand.title_font = family;
        if (is_body && brand.body_font.empty()) brand.body_font = family;
        if (is_body && system_font.empty() && !families.empty() &&
            is_named_font_of_systems(families.front()))
          system_font = families.front();
      } else if (declaration.property == "font-weight") {
        const int weight = weight_from(style.resolved(declaration.value));
        if (is_title && brand.title_weight == 0) brand.title_weight = weight;
        if (is_body && brand.body_weight == 0) brand.body_weight = weight;
      } else if (declaration.property.starts_with("--")) {
        read_font_variable(style, declaration, brand, count);
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

}  // namespace understudy::brand_kits
