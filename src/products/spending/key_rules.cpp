#include "products/spending/key_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/body_fields.h"
#include "base/id.h"

namespace understudy::spending {
namespace {

constexpr std::size_t kScopesMax = 100;
constexpr std::size_t kCapsMax = 4;  // one per period
constexpr std::size_t kAlertsMax = 100;

tl::unexpected<Error> beyond(std::string_view scope) {
  return fail(ErrorCode::insufficient_api_key_scope,
              fmt::format("This API key lacks the scope '{}', so it cannot give it.", scope),
              "scopes");
}

tl::unexpected<Error> no_scopes() {
  return api::invalid_field("scopes",
                            "'scopes' must be a list such as [\"videos:read\", \"videos:write\"].");
}

Error in_caps(std::size_t index, Error error) {
  error.message = fmt::format("Entry {} of 'caps': {}", index, error.message);
  error.param = "caps";
  return error;
}

}  // namespace

Result<std::vector<std::string>> scopes_for(const accounts::Principal& maker,
                                            const json::object& body) {
  const auto* value = body.if_contains("scopes");
  if (value == nullptr || value->is_null()) return maker.scopes;
  const auto* list = value->if_array();
  if (list == nullptr || list->size() > kScopesMax) return no_scopes();
  std::vector<std::string> scopes;
  for (const auto& entry : *list) {
    const auto* text = entry.if_string();
    if (text == nullptr || !accounts::is_scope(std::string_view(*text))) return no_scopes();
    if (std::find(scopes.begin(), scopes.end(), std::string_view(*text)) == scopes.end()) {
      scopes.emplace_back(*text);
    }
  }
  return scopes;
}

Result<void> check_no_more_than(const accounts::Principal& maker, const accounts::ApiKey& key) {
  if (maker.is_operator && !maker.is_test) return {};
  if (key.is_operator) {
    return fail(ErrorCode::forbidden, "Only an operator's key may do this with an operator's key.");
  }
  if (maker.is_test && !key.is_test) {
    return fail(ErrorCode::forbidden, "A test key only makes test keys.", "is_test");
  }
  if (!maker.project_id.empty() && key.project_id != maker.project_id) {
    return fail(ErrorCode::forbidden, "A project's key only makes keys of its project.",
                "project_id");
  }
  if (maker.is_operator || maker.scopes.empty()) return {};
  if (key.scopes.empty()) {
    return fail(ErrorCode::insufficient_api_key_scope,
                "This API key does not have every scope, so it cannot give every one.", "scopes");
  }
  for (const auto& scope : key.scopes) {
    if (!maker.may(scope)) return beyond(scope);
  }
  return {};
}

Result<std::vector<int>> read_alerts(const json::value& value) {
  const auto* list = value.if_array();
  const bool is_fine =
      list != nullptr && list->size() <= kAlertsMax &&
      std::all_of(list->begin(), list->end(), [](const json::value& share) {
        return share.is_int64() && share.get_int64() >= 1 && share.get_int64() <= 100;
      });
  if (!is_fine) {
    return api::invalid_field("alerts",
                              "'alerts' must be a list of percentages from 1 to 100, ascending.");
  }
  std::vector<int> alerts;
  for (const auto& share : *list) alerts.push_back(static_cast<int>(share.get_int64()));
  return alerts;
}

Result<void> read_cap(const json::object& body, money::Budget& budget) {
  TRY_ASSIGN(const auto period_name, api::required_text(body, "period"));
  const auto period = money::budget_period_from(period_name);
  if (!period) {
    return api::invalid_field("period", "'period' must be daily, weekly, monthly or total.");
  }
  budget.period = *period;
  TRY_ASSIGN(budget.cap, api::required_usd(body, "limit_usd"));
  TRY_ASSIGN(const auto zone, api::optional_text(body, "time_zone", 64));
  if (zone) budget.time_zone = *zone;
  if (const auto* alerts = body.if_contains("alerts"); alerts != nullptr && !alerts->is_null()) {
    TRY_ASSIGN(budget.alerts, read_alerts(*alerts));
  }
  return money::check(budget);
}

Result<std::vector<money::Budget>> read_caps(const json::object& body,
                                             const accounts::ApiKey& key) {
  std::vector<money::Budget> budgets;
  const auto* value = body.if_contains("caps");
  if (value == nullptr || value->is_null()) return budgets;
  const auto* list = value->if_array();
  if (list == nullptr || list->size() > kCapsMax) {
    return api::invalid_field(
        "caps", "'caps' must be a list of {period, limit_usd, time_zone}, one per period.");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* entry = (*list)[i].if_object();
    if (entry == nullptr) return api::invalid_field("caps", "'caps' must hold objects.");
    money::Budget budget{.id = new_id(key.created_at_ms),
                         .account_id = key.account_id,
                         .scope = money::BudgetScope::key,
                         .scope_id = key.id,
                         .created_at_ms = key.created_at_ms};
    auto read = api::check_members(*entry, {"period", "limit_usd", "time_zone", "alerts"});
    if (read) read = read_cap(*entry, budget);
    if (!read) return tl::make_unexpected(in_caps(i, read.error()));
    for (const auto& other : budgets) {
      if (other.period == budget.period) {
        return api::invalid_field("caps", "'caps' must have one entry per period.");
      }
    }
    budgets.push_back(std::move(budget));
  }
  return budgets;
}

}  // namespace understudy::spending
