// POST, GET, list and DELETE /v3/background-removals.
#pragma once

#include <vector>

#include "api/links.h"
#include "api/quote.h"
#include "products/background_removals/background_removals_service.h"

namespace understudy::background_removals {

std::vector<api::Route> routes(BackgroundRemovalsService& service, api::Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(BackgroundRemovalsService& service);

}  // namespace understudy::background_removals
