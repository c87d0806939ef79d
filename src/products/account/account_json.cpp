#include "products/account/account_json.h"

#include "money/price_lines.h"

#include "base/clock.h"
#include "base/text.h"
#include "jobs/charge_json.h"

namespace understudy::account {
namespace {

json::value seconds_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return time_ms / 1000;
}

json::value time_or_null(std::int64_t time_ms) {
  if (time_ms == 0) return nullptr;
  return json::value(iso8601(time_ms));
}

json::value amount_or_null(money::Money amount) {
  if (amount == money::Money{}) return nullptr;
  return money::to_json(amount);
}

std::string_view key_status(const accounts::ApiKey& key, std::int64_t now_ms) {
  if (key.revoked_at_ms != 0) return "revoked";
  return key.expires_at_ms != 0 && key.expires_at_ms <= now_ms ? "expired" : "active";
}

}  // namespace

json::object user_json(const accounts::Account& account, std::string_view billing_type,
                       json::object billing) {
  const auto name = trimmed(account.name);
  const auto space = name.find(' ');
  const bool has_two = space != std::string_view::npos;
  json::object user{{"username", account.id},
                    {"email", string_or_null(account.email)},
                    {"first_name", string_or_null(name.substr(0, space))},
                    {"last_name", string_or_null(has_two ? trimmed(name.substr(space)) : "")},
                    {"billing_type", billing_type},
                    {"wallet", nullptr},
                    {"subscription", nullptr},
                    {"usage_based", nullptr}};
  user[billing_type] = std::move(billing);
  return user;
}

json::object wallet_json(const accounts::Wallet& wallet, const money::AutoReload& reload) {
  return {{"currency", "usd"},
          {"remaining_balance", money::to_json(wallet.available())},
          {"auto_reload",
           {{"enabled", reload.is_enabled},
            {"threshold_usd", amount_or_null(reload.threshold)},
            {"amount_usd", amount_or_null(reload.amount)}}}};
}

json::object subscription_json(std::string_view plan, std::int64_t resets_at_ms,
                               std::span<const money::Lot> lots) {
  money::Money premium;
  money::Money add_on;
  for (const auto& lot : lots) {
    auto& pool = lot.terms.source == money::LotSource::premium ? premium : add_on;
    pool = pool + lot.remaining - lot.held;
  }
  // The contract shows whole credits.
  const auto whole = [](money::Money credits) {
    return credits.nano_usd / accounts::kNanoPerCredit;
  };
  return {
      {"plan", plan},
      {"credits",
       {{"premium_credits", {{"remaining", whole(premium)}, {"resets_at", iso8601(resets_at_ms)}}},
        {"add_on_credits", {{"remaining", whole(add_on)}, {"resets_at", nullptr}}}}}};
}

json::object usage_based_json(const accounts::AccountPlan& plan, money::Money overage_brought,
                              std::span<const money::Lot> lots) {
  money::Money included;
  money::Money overage_left;
  for (const auto& lot : lots) {
    const bool is_overage = lot.terms.priority == accounts::kOveragePriority;
    auto& pool = is_overage ? overage_left : included;
    pool = pool + lot.remaining - (is_overage ? money::Money{} : lot.held);
  }
  return {{"spending_current_usd", money::to_json(accounts::overage_cost(
                                       overage_brought - overage_left, plan.overage_rate))},
          {"spending_cap_usd", plan.cap ? money::to_json(*plan.cap) : json::value(nullptr)},
          {"included_credits", plan.included_credits},
          {"remaining_credits", money::to_json(included)}};
}

json::object key_json(const accounts::ApiKey& key, std::int64_t now_ms) {
  json::array scopes;
  for (const auto& scope : key.scopes) scopes.emplace_back(scope);
  const bool is_unlimited = key.scopes.empty() || key.is_operator;
  json::value expires_in;
  if (key.expires_at_ms != 0) expires_in = (key.expires_at_ms - now_ms) / 1000;
  return {{"key_id", key.id},
          {"key_name", string_or_null(key.label)},
          {"status", key_status(key, now_ms)},
          {"scope_mode", is_unlimited ? "all" : "restricted"},
          {"scopes", std::move(scopes)},
          {"created_at", time_or_null(key.created_at_ms)},
          {"updated_at", time_or_null(std::max(key.created_at_ms, key.revoked_at_ms))},
          {"expires_at", time_or_null(key.expires_at_ms)},
          {"expires_in_seconds", std::move(expires_in)}};
}

json::object price_json(const money::Price& price) {
  return {
      {"item", price.item},
      {"heading", price.heading},
      {"row", price.row},
      {"unit", to_string(price.unit)},
      {"rate_usd", money::to_json(price.rate)},
      {"rate", money::rate_text(price)},
      {"quantum_ms", price.per_ms() > 0 ? json::value(price.quantum_ms) : json::value(nullptr)}};
}

json::object entry_json(const money::LedgerEntry& entry) {
  return {
      {"id", entry.seq},
      {"kind", entry.kind},
      {money::amount_name("amount", entry.account_id), money::to_json(entry.amount)},
      {money::amount_name("balance_after", entry.account_id), money::to_json(entry.balance_after)},
      {"job_id", entry.kind == "capture" ? json::value(entry.reference) : json::value(nullptr)},
      {"reference", entry.reference},
      {"note", string_or_null(entry.note)},
      {"transaction_id", entry.txn_id},
      {"hash", entry.hash},
      {"created_at", entry.created_at_ms / 1000}};
}

std::string_view quantity_unit(const money::PriceBook& prices, std::string_view item) {
  if (item == money::kStudioItem) return "ms";
  // The newest book has every item that any version has.
  const auto price = prices.in_effect(INT64_MAX).find(item);
  if (!price) return {};
  return price->per_ms() > 0 ? std::string_view("ms") : to_string(price->unit);
}

json::object usage_json(const money::UsageRow& usage, const money::PriceBook& prices) {
  return {{"id", usage.id},
          {"product", usage.product},
          {"price_item", usage.price_item},
          {"price_version", usage.price_version},
          {"quantity", usage.quantity},
          {"unit", string_or_null(quantity_unit(prices, usage.price_item))},
          {money::amount_name("amount", usage.wallet_id), money::to_json(usage.amount)},
          {"job_id", usage.job_id},
          {"key_id", usage.key_id},
          {"project_id", string_or_null(usage.project_id)},
          {"source", string_or_null(usage.source)},
          {"is_test", usage.is_test},
          {"transaction_id", usage.id},
          {"created_at", usage.created_at_ms / 1000}};
}

json::object total_json(const money::UsageTotal& total, const money::UsageGrouping& grouping,
                        std::string_view wallet_id, const money::PriceBook& prices) {
  json::object object{{"product", string_or_null(total.product)},
                      {"price_item", string_or_null(total.price_item)},
                      {"jobs", total.jobs},
                      {"quantity", total.quantity},
                      {"unit", string_or_null(quantity_unit(prices, total.price_item))},
                      {money::amount_name("amount", wallet_id), money::to_json(total.amount)}};
  if (grouping.by_key) object["key_id"] = total.key_id;
  if (grouping.by_project) object["project_id"] = string_or_null(total.project_id);
  if (grouping.by_source) object["source"] = string_or_null(total.source);
  if (grouping.by_day) object["day"] = iso8601(total.day_ms).substr(0, 10);
  return object;
}

json::object job_json(const jobs::Job& job, const money::PriceBook& prices) {
  json::value failure;
  if (!job.failure_code.empty()) {
    failure = json::object{{"code", job.failure_code}, {"message", job.failure_message}};
  }
  return {{"id", job.id},
          {"kind", job.kind},
          {"status", to_string(job.state)},
          {"title", string_or_null(job.title)},
          {"batch_id", string_or_null(job.batch_id)},
          {"progress", job.progress},
          {"stage", string_or_null(job.stage)},
          {"queue_position",
           job.queue_position > 0 ? json::value(job.queue_position) : json::value(nullptr)},
          {"eta_ms", job.eta_ms >= 0 ? json::value(job.eta_ms) : json::value(nullptr)},
          {"attempt", job.attempt},
          {"failure", std::move(failure)},
          {"charge", jobs::charge_json(job, prices)},
          {"created_at", job.created_at_ms / 1000},
          {"started_at", seconds_or_null(job.started_at_ms)},
          {"finished_at", seconds_or_null(job.finished_at_ms)},
          {"deadline_at", seconds_or_null(job.deadline_at_ms)}};
}

}  // namespace understudy::account
