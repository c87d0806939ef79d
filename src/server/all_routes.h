// Every route of the server: those of the products, of the wallet's owner, of operators and
// workers.
#pragma once

#include <vector>

#include "api/http.h"
#include "server/engine.h"

namespace understudy::server {

// Both outlive the routes.
std::vector<api::Route> all_routes(Engine& engine, Installation& installation);

}  // namespace understudy::server
