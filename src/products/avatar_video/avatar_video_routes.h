// The product over HTTP: /v3/videos and what lies below it.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "api/quote.h"
#include "products/avatar_video/avatar_video_service.h"

namespace understudy::avatar_video {

std::vector<api::Route> routes(AvatarVideoService& service, const api::LinkSigner& links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(AvatarVideoService& service);

}  // namespace understudy::avatar_video
