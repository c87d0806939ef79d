// /v3/brand-kits and /understudy/v1/brand-kits over HTTP.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http.h"
#include "products/brand_kits/brand_kits_service.h"

namespace understudy::brand_kits {

// An expiring URL for a blob, as this request's client reaches us.
using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(BrandKitsService& service, Links links);

}  // namespace understudy::brand_kits
