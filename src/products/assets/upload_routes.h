// Direct uploads over HTTP: slots and batches, the presigned PUT, complete, statuses.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "products/assets/assets_routes.h"
#include "products/assets/upload_links.h"
#include "products/assets/upload_service.h"

namespace understudy::assets {

// All of them outlive the server.
std::vector<api::Route> upload_routes(UploadService& uploads, AssetService& assets,
                                      const UploadSigner& signer, const Clock& clock,
                                      api::Links links);

}  // namespace understudy::assets
