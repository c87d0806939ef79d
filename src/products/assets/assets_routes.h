// /v3/assets over HTTP: upload (multipart), list, read, delete.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http.h"
#include "products/assets/assets_service.h"

namespace understudy::assets {

class UploadService;

// An expiring URL for a blob, as this request's client reaches us.
using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(AssetService& service, UploadService& uploads, Links links);

}  // namespace understudy::assets
