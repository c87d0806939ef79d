// What the server says about itself: GET /openapi.json (the document that the validators were made
// from, less its previews, and with a 501 where an operation is not offered) and GET /docs/errors
// (the page that every error's doc_url leads to); GET /docs, the reference, and /llms.txt. No key
// needed.
#pragma once

#include <vector>

#include "api/http.h"

namespace understudy::api {

// `offered` are the routes of this server.
std::vector<Route> document_routes(const std::vector<Route>& offered);

}  // namespace understudy::api
