// /v3/brand-kits and /understudy/v1/brand-kits over HTTP.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "products/brand_kits/brand_kits_service.h"

namespace understudy::brand_kits {

std::vector<api::Route> routes(BrandKitsService& service, api::Links links);

}  // namespace understudy::brand_kits
