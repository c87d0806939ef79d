// The product over HTTP: /v3/videos and what lies below it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/quote.h"
#include "products/avatar_video/avatar_video_service.h"

namespace understudy::avatar_video {

// An expiring URL for an output, as this request's client reaches us.
using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(AvatarVideoService& service, Links links,
                               const money::PriceBook& prices);
// For products that make studio videos: submits one and answers with the Video.
Result<api::Response> create_studio(AvatarVideoService& service, const Links& links,
                                    const money::PriceBook& prices, const api::Request& request,
                                    const json::object& body);

api::QuoteFunctions quotes(AvatarVideoService& service);

}  // namespace understudy::avatar_video
