// The catalogue over HTTP: /v3/avatars and what lies below it, and the previews' files, which need
// no key.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars_json.h"
#include "products/avatars/avatars_service.h"

namespace understudy::avatars {

// `previews` and `service` outlive the routes.
std::vector<api::Route> routes(AvatarPreviews& previews, AvatarsService& service, api::Links links);
api::QuoteFunctions quotes(AvatarsService& service);

// A group of an account as this request's client sees it. Errors: those of the store.
Result<json::object> shown_group(AvatarsService& service, const api::Links& links,
                                 const api::Request& request, const jobs::AvatarGroup& group);

// Where a look's previews are, for other products' answers.
PreviewUrls preview_urls(const api::Request& request, const avatar::Look& look);

}  // namespace understudy::avatars
