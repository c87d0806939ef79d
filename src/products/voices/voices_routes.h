// The product over HTTP: /v3/voices, what lies below it, and the previews' files, which need no
// key.
#pragma once

#include <string>
#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "api/quote.h"
#include "products/voices/voice_previews.h"
#include "products/voices/voices_service.h"

namespace understudy::voices {

// Every reference outlives the routes.
std::vector<api::Route> routes(VoicesService& service, VoicePreviews& previews, api::Links links,
                               const money::PriceBook& prices);
api::QuoteFunctions quotes(VoicesService& service);

// Where a voice's preview is, for other products' answers.
std::string preview_url(const api::Request& request, const speech::Voice& voice);

}  // namespace understudy::voices
