// What the server says about itself: GET /openapi.json (the document that the validators were made
// from) and GET /docs/errors (the page that every error's doc_url leads to). No key needed.
#pragma once

#include <vector>

#include "api/http.h"

namespace understudy::api {

std::vector<Route> document_routes();

}  // namespace understudy::api
