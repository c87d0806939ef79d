#include "api/body_fields.h"
#include "base/id.h"
#include "products/spending/key_rules.h"
#include "products/spending/spending_account.h"
#include "products/spending/spending_json.h"

namespace understudy::spending {
namespace {

using api::Request;
using api::Response;

Result<Response> answer_with(const Ports& ports, const std::string& account_id,
                             const std::string& id, int status = 200) {
  TRY_ASSIGN(const auto state, ports.budgets.find(account_id, id, ports.clock.now_ms()));
  return api::data_response(budget_json(state), status);
}

// The account's own budget may leave its id out.
Result<std::string> scope_id_of(const json::object& body, const money::Budget& budget) {
  TRY_ASSIGN(const auto id, api::optional_text(body, "scope_id"));
  if (budget.scope != money::BudgetScope::account) {
    if (id && !id->empty()) return *id;
    return api::invalid_field("scope_id", "'scope_id' must be the id of the project or the key.");
  }
  if (!id || *id == budget.account_id) return budget.account_id;
  return fail(ErrorCode::not_found, "There is no account of yours with this id.", "scope_id");
}

Result<Response> create(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"scope", "scope_id", "period",
                                                          "time_zone", "limit_usd", "alerts"}));
  money::Budget budget;
  TRY_ASSIGN(const auto scope_name, api::required_text(*body, "scope"));
  const auto scope = money::budget_scope_from(scope_name);
  if (!scope) return api::invalid_field("scope", "'scope' must be account, project or key.");
  budget.scope = *scope;
  TRY_ASSIGN(budget.account_id, acting_account(ports, request));
  TRY_ASSIGN(budget.scope_id, scope_id_of(*body, budget));
  TRY(read_cap(*body, budget));
  budget.created_at_ms = ports.clock.now_ms();
  budget.id = new_id(budget.created_at_ms);
  TRY(ports.budgets.create(budget));
  return answer_with(ports, budget.account_id, budget.id, 201);
}

Result<Response> list(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  TRY_ASSIGN(const auto states, ports.budgets.list(account_id, ports.clock.now_ms()));
  json::array all;
  for (const auto& state : states) all.push_back(budget_json(state));
  return api::data_response(std::move(all));
}

Result<Response> show(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  return answer_with(ports, account_id, request.path_param("budget_id"));
}

Result<Response> change(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"limit_usd", "alerts"}));
  money::BudgetChange change;
  TRY_ASSIGN(change.cap, api::optional_usd(*body, "limit_usd"));
  if (const auto* alerts = body->if_contains("alerts"); alerts != nullptr && !alerts->is_null()) {
    TRY_ASSIGN(change.alerts, read_alerts(*alerts));
  }
  if (!change.cap && !change.alerts) {
    return api::invalid_field("limit_usd", "Give 'limit_usd' or 'alerts' to change.");
  }
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  const std::string& id = request.path_param("budget_id");
  TRY(ports.budgets.change(account_id, id, change));
  return answer_with(ports, account_id, id);
}

Result<Response> remove(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  const std::string& id = request.path_param("budget_id");
  TRY(ports.budgets.remove(account_id, id, ports.clock.now_ms()));
  return api::data_response(json::object{{"id", id}, {"removed", true}});
}

}  // namespace

std::vector<api::Route> budget_routes(const Ports& ports) {
  constexpr const char* kAll = "/understudy/v1/budgets";
  constexpr const char* kOne = "/understudy/v1/budgets/{budget_id}";
  return {api::port_route(ports, "POST", kAll, "account:write", create),
          api::port_route(ports, "GET", kAll, "account:read", list),
          api::port_route(ports, "GET", kOne, "account:read", show),
          api::port_route(ports, "PATCH", kOne, "account:write", change),
          api::port_route(ports, "DELETE", kOne, "account:write", remove)};
}

}  // namespace understudy::spending
