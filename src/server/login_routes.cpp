#include "server/login_routes.h"

#include <algorithm>

#include "server/admin_routes.h"

namespace understudy::server {
namespace {

using api::Request;
using api::Response;

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

Result<void> check_fields(const Request& request, std::initializer_list<std::string_view> known) {
  if (!request.json.is_object()) return invalid("", "The body must be a JSON object.");
  for (const auto& member : request.object()) {
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) {
      return invalid(std::string(member.key()),
                     "'" + std::string(member.key()) + "' is not a field of this call.");
    }
  }
  return {};
}

Result<accounts::Account> account_of(const LoginPorts& ports, const Request& request) {
  const std::string& id = request.path_param("account_id");
  if (id != kOwner) return ports.accounts.find_account(id);
  TRY_ASSIGN(auto all, ports.accounts.list_accounts());
  if (all.empty()) return fail(ErrorCode::not_found, "There is no account yet.", "account_id");
  return *std::min_element(all.begin(), all.end(),
                           [](const auto& a, const auto& b) { return a.id < b.id; });
}

Result<Response> set_password(const LoginPorts& ports, const Request& request) {
  TRY(check_fields(request, {"email", "password"}));
  TRY_ASSIGN(const auto account, account_of(ports, request));
  const std::string email = string_or(request.object(), "email", account.email);
  TRY(ports.oauth.set_password(account.id, email, string_or(request.object(), "password")));
  return api::data_response(json::object{
      {"id", account.id}, {"name", account.name}, {"email", oauth::normal_email(email)}});
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

Result<money::Money> usd_field(const json::object& body, const char* name) {
  const auto amount = money::parse_usd(string_or(body, name));
  if (!amount || amount->nano_usd < 0) {
    return invalid(name,
                   "'" + std::string(name) + "' must be an amount as text, such as \"0.01\".");
  }
  return *amount;
}

Result<Response> set_plan(const LoginPorts& ports, const Request& request) {
  TRY(check_fields(request,
                   {"plan", "usage_based", "included_credits", "overage_rate_usd", "cap_usd"}));
  TRY_ASSIGN(const auto account, account_of(ports, request));
  TRY_ASSIGN(auto plan, ports.plans.find_plan(account.id));
  const auto& body = request.object();
  const std::string name = string_or(body, "plan", plan.plan);
  const auto& names = accounts::plan_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    return invalid("plan",
                   "'plan' must be one of free, starter, creator, pro, team, enterprise, "
                   "business_plus.");
  }
  // Changing plans keeps the day that the month begins on.
  plan.plan = name;
  plan.is_usage_based = bool_or(body, "usage_based", false);
  plan.included_credits = int_or(body, "included_credits", 0);
  if (plan.included_credits < 0 || plan.included_credits > accounts::kOverageCreditsMax) {
    return invalid("included_credits", "'included_credits' must be from 0 to 1000000000.");
  }
  if (plan.is_usage_based) {
    TRY_ASSIGN(plan.overage_rate, usd_field(body, "overage_rate_usd"));
  }
  plan.cap.reset();
  if (body.contains("cap_usd") && !body.at("cap_usd").is_null()) {
    TRY_ASSIGN(const auto cap, usd_field(body, "cap_usd"));
    plan.cap = cap;
  }
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
