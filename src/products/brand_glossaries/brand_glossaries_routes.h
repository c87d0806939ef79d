// /v3/brand-glossaries over HTTP.
#pragma once

#include <vector>

#include "api/http.h"
#include "products/brand_glossaries/brand_glossaries_service.h"

namespace understudy::brand_glossaries {

std::vector<api::Route> routes(BrandGlossariesService& service);

}  // namespace understudy::brand_glossaries
