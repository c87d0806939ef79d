#include "api/body_fields.h"
#include "base/id.h"
#include "products/spending/spending_account.h"
#include "products/spending/spending_json.h"

namespace understudy::spending {
namespace {

using api::Request;
using api::Response;

Result<Response> answer_with(const Ports& ports, const std::string& account_id,
                             const std::string& id, int status = 200) {
  TRY_ASSIGN(const auto project, ports.projects.find(account_id, id));
  return api::data_response(project_json(project), status);
}

Result<Response> create(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"name"}));
  accounts::Project project;
  TRY_ASSIGN(project.name, api::required_text(*body, "name"));
  TRY_ASSIGN(project.account_id, acting_account(ports, request));
  project.created_at_ms = ports.clock.now_ms();
  project.id = new_id(project.created_at_ms);
  TRY(ports.projects.create(project));
  return answer_with(ports, project.account_id, project.id, 201);
}

Result<Response> list(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  TRY_ASSIGN(const auto projects, ports.projects.list(account_id));
  json::array all;
  for (const auto& project : projects) all.push_back(project_json(project));
  return api::data_response(std::move(all));
}

Result<Response> show(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  return answer_with(ports, account_id, request.path_param("project_id"));
}

Result<Response> rename(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"name"}));
  TRY_ASSIGN(const auto name, api::required_text(*body, "name"));
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  const std::string& id = request.path_param("project_id");
  TRY(ports.projects.rename(account_id, id, name));
  return answer_with(ports, account_id, id);
}

Result<Response> archive(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  const std::string& id = request.path_param("project_id");
  TRY(ports.projects.archive(account_id, id, ports.clock.now_ms()));
  return answer_with(ports, account_id, id);
}

}  // namespace

std::vector<api::Route> project_routes(const Ports& ports) {
  constexpr const char* kAll = "/understudy/v1/projects";
  constexpr const char* kOne = "/understudy/v1/projects/{project_id}";
  return {api::port_route(ports, "POST", kAll, "account:write", create),
          api::port_route(ports, "GET", kAll, "account:read", list),
          api::port_route(ports, "GET", kOne, "account:read", show),
          api::port_route(ports, "PATCH", kOne, "account:write", rename),
          api::port_route(ports, "DELETE", kOne, "account:write", archive)};
}

}  // namespace understudy::spending
