// /v3/templates and /understudy/v1/templates over HTTP.
#pragma once

#include <vector>

#include "api/http.h"
#include "api/links.h"
#include "products/templates/templates_service.h"

namespace understudy::templates {

std::vector<api::Route> routes(TemplatesService& service, api::Links links);

}  // namespace understudy::templates
