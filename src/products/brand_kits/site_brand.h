// From a page and its style sheets to a brand: which colours, fonts and logos are the site's own,
// and which of them are the main ones. Pure; called in the sandbox, since everything that it reads
// is hostile.
//
// A colour counts by where it is used: what a custom property is called ("--color-primary"), what
// the browser is told (theme-color), buttons, links, headers; declarations without such a place
// count little. Colours that can hardly be told apart are one. Greys are never primary while there
// is a colour.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "products/brand_kits/css_colour.h"
#include "products/brand_kits/css_reader.h"
#include "products/brand_kits/page_reader.h"

namespace understudy::brand_kits {

struct BrandFont {
  std::string name;
  int title_weight = 0;  // 0: not seen
};

struct SiteBrand {
  std::string name;
  std::vector<Colour> colours;                       // the main ones, best first, at most 10
  std::string primary, secondary, tertiary, accent;  // "#rrggbb" or empty
  std::vector<std::string> fonts;
  std::string title_font, body_font;
  int title_weight = 0;
  int body_weight = 0;
  std::vector<LogoCandidate> logos;  // best first
  std::vector<std::string> stylesheets;
  std::vector<std::string> imports;  // of the sheets read so far
};

// {"url", "html", "styles": [{"url", "text"}]}: a page, and those of its sheets that were fetched.
SiteBrand brand_of(const json::object& site);

json::object to_json(const SiteBrand& brand);
SiteBrand site_brand_from(const json::object& document);

}  // namespace understudy::brand_kits
