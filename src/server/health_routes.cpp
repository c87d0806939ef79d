#include "server/health_routes.h"

namespace understudy::server {

std::vector<api::Route> health_routes(const jobs::Sandbox& sandbox) {
  const std::string text = to_text(json::object{{"status", "ok"}, {"sandbox", sandbox.report()}});
  api::Route route;
  route.method = "GET";
  route.path = "/healthz";
  route.handler = [text](const api::Request&) -> Result<api::Response> {
    api::Response response;
    response.text = text;
    return response;
  };
  route.runs_on = api::RunsOn::inline_;
  route.needs_key = false;
  return {route};
}

}  // namespace understudy::server
