// Consents over HTTP: POST /v3/avatars/{group_id}/consent, the page it leads to, and the export of
// what was given.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "products/avatars/avatars_routes.h"
#include "products/avatars/consents.h"

namespace understudy::avatars {

// Both services outlive the routes.
std::vector<api::Route> consent_routes(Consents& consents, AvatarsService& service,
                                       api::Links links);

}  // namespace understudy::avatars
