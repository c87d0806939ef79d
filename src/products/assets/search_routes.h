// GET /v3/assets/search, and the library's pictures and icons as files:
// /understudy/v1/library/pictures/{id}.jpg, /understudy/v1/library/icons/{name}.svg and .png.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "jobs/asset_store.h"
#include "library/render_cache.h"
#include "products/assets/assets_routes.h"

namespace understudy::assets {

std::vector<api::Route> search_routes(jobs::AssetStore& assets, library::RenderCache& cache,
                                      api::Links links);

}  // namespace understudy::assets
