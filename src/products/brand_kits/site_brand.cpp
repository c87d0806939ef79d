#include "products/brand_kits/site_brand.h"

#include "base/text.h"
#include "products/brand_kits/brand_colours.h"
#include "products/brand_kits/brand_fonts.h"
#include "products/brand_kits/site_style.h"

namespace understudy::brand_kits {
namespace {

std::string site_name(const Page& page) {
  if (!page.site_name.empty()) return page.site_name;
  // "Acme | Rockets for everyone": the shorter end is mostly the name.
  std::string title = page.title;
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

}  // namespace

SiteBrand brand_of(const json::object& site) {
  const Page page = read_page(string_or(site, "html"), string_or(site, "url"));
  const SiteStyle style(site, page);
  SiteBrand brand;
  brand.name = site_name(page);
  choose_colours(page, style, brand);
  choose_fonts(page, style, brand);
  brand.logos = page.logos;
  brand.stylesheets = page.stylesheets;
  brand.imports = style.imports();
  return brand;
}

}  // namespace understudy::brand_kits
