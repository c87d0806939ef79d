// POST, GET, list and DELETE /v3/background-removals.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/quote.h"
#include "products/background_removals/background_removals_service.h"

namespace understudy::background_removals {

using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(BackgroundRemovalsService& service, Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(BackgroundRemovalsService& service);

}  // namespace understudy::background_removals
