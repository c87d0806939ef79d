// /v3/assets over HTTP: upload (multipart), list, read, delete.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "products/assets/assets_service.h"

namespace understudy::assets {

class UploadService;

std::vector<api::Route> routes(AssetService& service, UploadService& uploads, api::Links links);

}  // namespace understudy::assets
