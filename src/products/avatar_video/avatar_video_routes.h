// The product over HTTP: /v3/videos and what lies below it.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "api/quote.h"
#include "products/avatar_video/avatar_video_service.h"

namespace understudy::avatar_video {

std::vector<api::Route> routes(AvatarVideoService& service, api::Links links,
                               const money::PriceBook& prices);
// For products that make studio videos: submits one and answers with the Video.
Result<api::Response> create_studio(AvatarVideoService& service, const api::Links& links,
                                    const money::PriceBook& prices, const api::Request& request,
                                    const json::object& body);

api::QuoteFunctions quotes(AvatarVideoService& service);

}  // namespace understudy::avatar_video
