// /v3/lipsyncs: create, list, read, rename, delete, batches, bulk statuses.
#pragma once

#include <vector>

#include "api/links.h"
#include "api/quote.h"
#include "api/router.h"
#include "products/lipsyncs/lipsyncs_service.h"

namespace understudy::lipsyncs {

std::vector<api::Route> routes(LipsyncsService& service, api::Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(LipsyncsService& service);

}  // namespace understudy::lipsyncs
