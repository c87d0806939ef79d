#include "server/login_routes.h"

#include <algorithm>

#include "api/body_fields.h"

namespace understudy::server {
namespace {

constexpr std::size_t kEmailMax = 254;
constexpr std::size_t kPasswordMax = 4096;  // the hasher has a limit of its own

using api::Request;
using api::Response;

Result<accounts::Account> account_of(const LoginPorts& ports, const Request& request) {
  return accounts::find_account_or_owner(ports.accounts, request.path_param("account_id"));
}

Result<Response> set_password(const LoginPorts& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"email", "password"}));
  TRY_ASSIGN(const auto email, api::optional_text(*body, "email", kEmailMax));
  TRY_ASSIGN(const auto password, api::required_text(*body, "password", kPasswordMax));
  TRY_ASSIGN(const auto account, account_of(ports, request));
  const std::string address = email.value_or(account.email);
  TRY(ports.oauth.set_password(account.id, address, password));
  return api::data_response(json::object{
      {"id", account.id}, {"name", account.name}, {"email", oauth::normal_email(address)}});
}

json::object plan_json(const accounts::AccountPlan& plan) {
  json::object shown{{"account_id", plan.account_id},
                     {"plan", plan.plan},
                     {"joined_at", plan.joined_at_ms / 1000},
                     {"is_usage_based", plan.is_usage_based}};
  if (plan.is_usage_based) {
    shown["included_credits"] = plan.included_credits;
    shown["overage_rate_usd"] = money::to_json(plan.overage_rate);
    shown["cap_usd"] = plan.cap ? money::to_json(*plan.cap) : json::value(nullptr);
  }
  return shown;
}

Result<std::optional<money::Money>> usd_field(const json::object& body, const char* name) {
  TRY_ASSIGN(const auto amount, api::optional_usd(body, name));
  if (!amount || *amount >= money::Money{}) return amount;
  return api::invalid_field(name, "'" + std::string(name) + "' must not be negative.");
}

Result<void> read_usage_terms(const json::object& body, accounts::AccountPlan& plan) {
  TRY_ASSIGN(const auto is_usage_based, api::optional_flag(body, "usage_based"));
  plan.is_usage_based = is_usage_based.value_or(false);
  TRY_ASSIGN(const auto included,
             api::optional_whole(body, "included_credits", 0, accounts::kOverageCreditsMax));
  plan.included_credits = included.value_or(0);
  TRY_ASSIGN(const auto rate, usd_field(body, "overage_rate_usd"));
  if (plan.is_usage_based && !rate) {
    return api::invalid_field("overage_rate_usd",
                              "'overage_rate_usd' must be an amount such as \"0.01\".");
  }
  plan.overage_rate = rate.value_or(money::Money{});
  TRY_ASSIGN(plan.cap, usd_field(body, "cap_usd"));
  return {};
}

Result<Response> set_plan(const LoginPorts& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"plan", "usage_based", "included_credits",
                                                          "overage_rate_usd", "cap_usd"}));
  TRY_ASSIGN(const auto account, account_of(ports, request));
  TRY_ASSIGN(auto plan, ports.plans.find_plan(account.id));
  TRY_ASSIGN(const auto name, api::optional_text(*body, "plan"));
  if (name) {
    const auto& names = accounts::plan_names();
    if (std::find(names.begin(), names.end(), *name) == names.end()) {
      return api::invalid_field("plan",
                                "'plan' must be one of free, starter, creator, pro, team, "
                                "enterprise, business_plus.");
    }
    plan.plan = *name;  // changing plans keeps the day that the month begins on
  }
  TRY(read_usage_terms(*body, plan));
  TRY(ports.plans.set_plan(plan));
  if (ports.allocator != nullptr) TRY(ports.allocator->change(account.id));
  return api::data_response(plan_json(plan));
}

Result<Response> show_plan(const LoginPorts& ports, const Request& request) {
  TRY_ASSIGN(const auto account, account_of(ports, request));
  TRY_ASSIGN(const auto plan, ports.plans.find_plan(account.id));
  return api::data_response(plan_json(plan));
}

}  // namespace

std::vector<api::Route> login_routes(const LoginPorts& ports) {
  const auto route = [&](const char* method, const char* path,
                         Result<Response> (*handler)(const LoginPorts&, const Request&)) {
    return api::port_route(ports, method, path, "operator", handler);
  };
  return {
      route("POST", "/understudy/v1/accounts/{account_id}/password", set_password),
      route("POST", "/understudy/v1/accounts/{account_id}/plan", set_plan),
      route("GET", "/understudy/v1/accounts/{account_id}/plan", show_plan),
  };
}

}  // namespace understudy::server
