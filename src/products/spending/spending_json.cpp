#include "products/spending/spending_json.h"

#include <algorithm>

namespace understudy::spending {
namespace {

json::value time_or_null(std::int64_t time_ms) {
  if (time_ms == 0 || time_ms == money::kNever) return nullptr;
  return time_ms / 1000;
}

std::string_view status_of(const accounts::ApiKey& key, std::int64_t now_ms) {
  if (key.revoked_at_ms != 0) return "revoked";
  return key.expires_at_ms != 0 && key.expires_at_ms <= now_ms ? "expired" : "active";
}

}  // namespace

json::object project_json(const accounts::Project& project) {
  return {{"id", project.id},
          {"name", project.name},
          {"created_at", project.created_at_ms / 1000},
          {"archived_at", time_or_null(project.archived_at_ms)}};
}

json::object budget_json(const money::BudgetState& state) {
  const money::Budget& budget = state.budget;
  json::array alerts;
  for (const int share : budget.alerts) alerts.emplace_back(share);
  return {{"id", budget.id},
          {"scope", to_string(budget.scope)},
          {"scope_id", budget.scope_id},
          {"period", to_string(budget.period)},
          {"time_zone", budget.time_zone},
          {"limit_usd", money::to_json(budget.cap)},
          {"spent_usd", money::to_json(state.spent)},
          {"held_usd", money::to_json(state.held)},
          {"left_usd", money::to_json(std::max(state.left(), money::Money{}))},
          {"window", json::object{{"start", time_or_null(state.window.start_ms)},
                                  {"end", time_or_null(state.window.end_ms)}}},
          {"alerts", std::move(alerts)},
          {"created_at", budget.created_at_ms / 1000}};
}

json::object key_json(const accounts::ApiKey& key, std::int64_t now_ms) {
  json::array scopes;
  for (const auto& scope : key.scopes) scopes.emplace_back(scope);
  return {
      {"id", key.id},
      {"account_id", key.account_id},
      {"label", string_or_null(key.label)},
      {"hint", key.hint},
      {"status", status_of(key, now_ms)},
      {"scopes", std::move(scopes)},
      {"is_test", key.is_test},
      {"is_operator", key.is_operator},
      {"project_id", string_or_null(key.project_id)},
      {"concurrency", key.concurrency > 0 ? json::value(key.concurrency) : json::value(nullptr)},
      {"requests_per_minute",
       key.requests_per_minute > 0 ? json::value(key.requests_per_minute) : json::value(nullptr)},
      {"created_at", key.created_at_ms / 1000},
      {"expires_at", time_or_null(key.expires_at_ms)},
      {"revoked_at", time_or_null(key.revoked_at_ms)}};
}

json::object wallet_json(const accounts::Wallet& wallet) {
  return {{"currency", "usd"},
          {"posted_usd", money::to_json(wallet.posted)},
          {"held_usd", money::to_json(wallet.held)},
          {"available_usd", money::to_json(wallet.available())}};
}

json::array lots_json(const std::vector<money::Lot>& lots) {
  json::array list;
  for (const auto& lot : lots) {
    list.push_back(json::object{{"id", lot.id},
                                {"source", to_string(lot.terms.source)},
                                {"priority", lot.terms.priority},
                                {"expires_at", time_or_null(lot.terms.expires_at_ms)},
                                {"amount_usd", money::to_json(lot.amount)},
                                {"remaining_usd", money::to_json(lot.remaining)},
                                {"held_usd", money::to_json(lot.held)},
                                {"created_at", lot.created_at_ms / 1000}});
  }
  return list;
}

}  // namespace understudy::spending
