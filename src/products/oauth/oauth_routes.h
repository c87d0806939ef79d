// OAuth 2.0 over HTTP: see README.md in this folder.
#pragma once

#include <vector>

#include "api/http.h"
#include "products/oauth/oauth_service.h"

namespace understudy::oauth {

// The service is borrowed; it outlives the routes.
std::vector<api::Route> routes(OAuthService& service);

// Its two parts: what programs call, and what people see.
std::vector<api::Route> token_routes(OAuthService& service);
std::vector<api::Route> page_routes(OAuthService& service);

}  // namespace understudy::oauth
