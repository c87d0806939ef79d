// The fonts of a site, and which of them titles and texts are set in.
#pragma once

#include "products/brand_kits/page_reader.h"
#include "products/brand_kits/site_brand.h"
#include "products/brand_kits/site_style.h"

namespace understudy::brand_kits {

// Sets the fonts, best first, their roles and weights.
void choose_fonts(const Page& page, const SiteStyle& style, SiteBrand& brand);

}  // namespace understudy::brand_kits
