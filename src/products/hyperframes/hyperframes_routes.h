// POST, GET, list and DELETE /v3/hyperframes/renders.
#pragma once

#include <vector>

#include "api/links.h"
#include "api/quote.h"
#include "api/router.h"
#include "products/hyperframes/hyperframes_service.h"

namespace understudy::hyperframes {

std::vector<api::Route> routes(HyperframesService& service, api::Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(HyperframesService& service);

}  // namespace understudy::hyperframes
