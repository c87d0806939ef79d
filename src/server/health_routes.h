// GET /healthz: 200 once the server is ready. A fixed text, so that a probe costs nothing.
#pragma once

#include <vector>

#include "api/http.h"
#include "jobs/sandbox.h"

namespace understudy::server {

std::vector<api::Route> health_routes(const jobs::Sandbox& sandbox);

}  // namespace understudy::server
