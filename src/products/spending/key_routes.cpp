#include "api/body_fields.h"
#include "base/id.h"
#include "products/spending/key_rules.h"
#include "products/spending/spending_account.h"
#include "products/spending/spending_json.h"

namespace understudy::spending {
namespace {

using accounts::ApiKey;
using api::Request;
using api::Response;

constexpr std::int64_t kConcurrencyMax = 1'000'000;
constexpr std::int64_t kRequestsMax = 1'000'000;
constexpr std::int64_t kOverlapMax_s = 86'400;

// An answer with a key's text. What is kept for the Idempotency-Key has none.
Response with_text(json::object document, const std::string& text, int status) {
  json::object kept = document;
  kept["key"] = nullptr;
  document["key"] = text;
  Response response = api::data_response(std::move(document), status);
  response.replay_body = json::object{{"data", std::move(kept)}};
  response.headers.emplace_back("cache-control", "no-store");
  return response;
}

// The key of the path, when it is the account's.
Result<ApiKey> key_of(const Ports& ports, const Request& request) {
  TRY_ASSIGN(auto key, ports.keys.find(request.path_param("key_id")));
  const bool is_any = request.principal.is_operator && !request.query_value("account");
  if (is_any) return key;
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  if (key.account_id == account_id) return key;
  return fail(ErrorCode::not_found, "There is no key with this id.", "key_id");
}

Result<ApiKey> read_key(const json::object& body, const Request& request, std::int64_t now_ms) {
  const accounts::Principal& maker = request.principal;
  ApiKey key;
  key.created_at_ms = now_ms;
  key.id = new_id(now_ms);
  TRY_ASSIGN(const auto label, api::optional_text(body, "label"));
  key.label = label.value_or("");
  TRY_ASSIGN(key.scopes, scopes_for(maker, body));
  TRY_ASSIGN(const auto expires_at_ms, api::optional_future(body, "expires_at", now_ms));
  key.expires_at_ms = expires_at_ms.value_or(0);
  TRY_ASSIGN(const auto project, api::optional_text(body, "project_id"));
  key.project_id = project.value_or(maker.project_id);
  TRY_ASSIGN(const auto is_test, api::optional_flag(body, "is_test"));
  key.is_test = is_test.value_or(maker.is_test);
  TRY_ASSIGN(const auto concurrency, api::optional_whole(body, "concurrency", 0, kConcurrencyMax));
  key.concurrency = static_cast<int>(concurrency.value_or(0));
  TRY_ASSIGN(const auto rate, api::optional_whole(body, "requests_per_minute", 0, kRequestsMax));
  key.requests_per_minute = static_cast<int>(rate.value_or(0));
  TRY_ASSIGN(const auto is_operator, api::optional_flag(body, "is_operator"));
  key.is_operator = is_operator.value_or(false);
  TRY(check_no_more_than(maker, key));
  return key;
}

Result<Response> create(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  return create_key(ports, account_id, request, false);
}

Result<Response> list(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto account_id, acting_account(ports, request));
  TRY_ASSIGN(const auto keys, ports.accounts.list_keys(account_id));
  json::array all;
  for (const auto& key : keys) all.push_back(key_json(key, ports.clock.now_ms()));
  return api::data_response(std::move(all));
}

// What the key's work has cost in this month (UTC).
Result<json::object> usage_of(const Ports& ports, const ApiKey& key, std::int64_t now_ms) {
  TRY_ASSIGN(const auto window, money::window_of(money::BudgetPeriod::monthly, "UTC", now_ms));
  money::UsageQuery query;
  query.account_id = key.account_id;
  query.key_id = key.id;
  query.is_test = key.is_test;
  query.from_ms = window.start_ms;
  query.until_ms = window.end_ms;
  TRY_ASSIGN(const auto totals, ports.ledger.usage_totals(query, {}));
  std::int64_t jobs = 0;
  money::Money amount;
  for (const auto& total : totals) {
    jobs += total.jobs;
    amount = amount + total.amount;
  }
  return json::object{{"start", window.start_ms / 1000},
                      {"end", window.end_ms / 1000},
                      {"jobs", jobs},
                      {"amount_usd", money::to_json(amount)}};
}

Result<json::array> budgets_of(const Ports& ports, const ApiKey& key, std::int64_t now_ms) {
  TRY_ASSIGN(const auto states, ports.budgets.list(key.account_id, now_ms));
  json::array budgets;
  for (const auto& state : states) {
    if (state.budget.scope == money::BudgetScope::key && state.budget.scope_id == key.id) {
      budgets.push_back(budget_json(state));
    }
  }
  return budgets;
}

Result<Response> show(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto key, key_of(ports, request));
  const std::int64_t now_ms = ports.clock.now_ms();
  json::object document = key_json(key, now_ms);
  TRY_ASSIGN(document["budgets"], budgets_of(ports, key, now_ms));
  TRY_ASSIGN(document["usage"], usage_of(ports, key, now_ms));
  TRY_ASSIGN(const auto live, ports.keys.live_jobs(key.account_id, key.id, {}));
  document["live_jobs"] = live.of_key;
  return api::data_response(std::move(document));
}

Result<Response> change(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"label", "project_id", "concurrency",
                                                          "requests_per_minute"}));
  accounts::KeyChange change;
  TRY_ASSIGN(change.label, api::optional_text(*body, "label"));
  TRY_ASSIGN(change.project_id, api::optional_text(*body, "project_id"));
  // A null takes the key out of its project.
  const auto* project = body->if_contains("project_id");
  if (project != nullptr && project->is_null()) change.project_id = "";
  TRY_ASSIGN(const auto concurrency, api::optional_whole(*body, "concurrency", 0, kConcurrencyMax));
  if (concurrency) change.concurrency = static_cast<int>(*concurrency);
  TRY_ASSIGN(const auto rate, api::optional_whole(*body, "requests_per_minute", 0, kRequestsMax));
  if (rate) change.requests_per_minute = static_cast<int>(*rate);
  TRY_ASSIGN(auto key, key_of(ports, request));
  const auto& own_project = request.principal.project_id;
  if (change.project_id && !own_project.empty() && *change.project_id != own_project) {
    return fail(ErrorCode::forbidden, "A project's key keeps keys in its project.", "project_id");
  }
  TRY(ports.keys.change(key.account_id, key.id, change));
  TRY_ASSIGN(key, ports.keys.find(key.id));
  return api::data_response(key_json(key, ports.clock.now_ms()));
}

Result<Response> rotate(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto* body, api::closed_body(request, {"overlap_s"}));
  TRY_ASSIGN(const auto overlap_s, api::optional_whole(*body, "overlap_s", 0, kOverlapMax_s));
  TRY_ASSIGN(auto key, key_of(ports, request));
  TRY(check_no_more_than(request.principal, key));
  const std::int64_t now_ms = ports.clock.now_ms();
  const std::string text = accounts::new_key_text(key.is_test);
  const std::int64_t old_until_ms = now_ms + overlap_s.value_or(0) * 1000;
  TRY(ports.keys.rotate(key.id, {.hash = accounts::key_hash(text),
                                 .hint = accounts::key_hint(text),
                                 .old_until_ms = old_until_ms}));
  TRY_ASSIGN(key, ports.keys.find(key.id));
  json::object document = key_json(key, now_ms);
  document["old_valid_until"] = old_until_ms / 1000;
  return with_text(std::move(document), text, 200);
}

Result<Response> revoke(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto key, key_of(ports, request));
  if (key.is_operator && !request.principal.is_operator) {
    return fail(ErrorCode::forbidden, "Only an operator's key may revoke an operator's key.");
  }
  TRY(ports.accounts.revoke_key(key.id, ports.clock.now_ms()));
  return api::data_response(json::object{{"id", key.id}, {"revoked", true}});
}

}  // namespace

Result<Response> create_key(const Ports& ports, const std::string& account_id,
                            const Request& request, bool allows_operator) {
  TRY_ASSIGN(
      const auto* body,
      api::closed_body(request, {"label", "scopes", "expires_at", "project_id", "is_test",
                                 "concurrency", "requests_per_minute", "caps", "is_operator"}));
  if (!allows_operator && body->contains("is_operator")) {
    return api::invalid_field("is_operator", "'is_operator' is not a field of this call.");
  }
  const std::int64_t now_ms = ports.clock.now_ms();
  TRY_ASSIGN(auto key, read_key(*body, request, now_ms));
  key.account_id = account_id;
  TRY_ASSIGN(const auto budgets, read_caps(*body, key));
  const std::string text = accounts::new_key_text(key.is_test);
  key.hint = accounts::key_hint(text);
  TRY(ports.keys.create(key, accounts::key_hash(text), budgets));
  json::object document = key_json(key, now_ms);
  TRY_ASSIGN(document["budgets"], budgets_of(ports, key, now_ms));
  return with_text(std::move(document), text, 201);
}

std::vector<api::Route> key_routes(const Ports& ports) {
  constexpr const char* kAll = "/understudy/v1/keys";
  constexpr const char* kOne = "/understudy/v1/keys/{key_id}";
  return {api::port_route(ports, "POST", kAll, "account:write", create),
          api::port_route(ports, "GET", kAll, "account:read", list),
          api::port_route(ports, "GET", kOne, "account:read", show),
          api::port_route(ports, "PATCH", kOne, "account:write", change),
          api::port_route(ports, "POST", "/understudy/v1/keys/{key_id}/rotate", "account:write",
                          rotate),
          api::port_route(ports, "POST", "/understudy/v1/keys/{key_id}/revoke", "account:write",
                          revoke)};
}

}  // namespace understudy::spending
