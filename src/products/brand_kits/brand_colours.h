// The colours of a site: how much each counts by where it is used, and which are the main ones.
#pragma once

#include "products/brand_kits/page_reader.h"
#include "products/brand_kits/site_brand.h"
#include "products/brand_kits/site_style.h"

namespace understudy::brand_kits {

// Sets the colours and their roles.
void choose_colours(const Page& page, const SiteStyle& style, SiteBrand& brand);

}  // namespace understudy::brand_kits
