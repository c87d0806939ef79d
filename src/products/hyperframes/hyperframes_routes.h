// POST, GET, list and DELETE /v3/hyperframes/renders.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/quote.h"
#include "api/router.h"
#include "products/hyperframes/hyperframes_service.h"

namespace understudy::hyperframes {

using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(HyperframesService& service, Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(HyperframesService& service);

}  // namespace understudy::hyperframes
