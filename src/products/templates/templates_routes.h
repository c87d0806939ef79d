// /v3/templates and /understudy/v1/templates over HTTP.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/http.h"
#include "products/templates/templates_service.h"

namespace understudy::templates {

// An expiring URL for a blob, as this request's client reaches us.
using Links = std::function<std::string(const jobs::BlobRef&, const api::Request&)>;

std::vector<api::Route> routes(TemplatesService& service, Links links);

}  // namespace understudy::templates
