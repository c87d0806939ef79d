// /v3/lipsyncs: create, list, read, rename, delete, batches, bulk statuses.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/quote.h"
#include "api/router.h"
#include "products/lipsyncs/lipsyncs_service.h"

namespace understudy::lipsyncs {

using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(LipsyncsService& service, Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(LipsyncsService& service);

}  // namespace understudy::lipsyncs
