// The catalogue over HTTP: /v3/avatars and what lies below it, and the previews' files, which need
// no key.
#pragma once

#include <vector>

#include "api/http.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars_json.h"

namespace understudy::avatars {

// `previews` outlives the routes.
std::vector<api::Route> routes(AvatarPreviews& previews);

// Where a look's previews are, for other products' answers.
PreviewUrls preview_urls(const api::Request& request, const avatar::Look& look);

}  // namespace understudy::avatars
