#include "products/account/account_json.h"

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

std::string_view key_status(const accounts::ApiKey& key, std::int64_t now_ms) {
  if (key.revoked_at_ms != 0) return "revoked";
  return key.expires_at_ms != 0 && key.expires_at_ms <= now_ms ? "expired" : "active";
}

}  // namespace

json::object user_json(const accounts::Account& account, const accounts::Wallet& wallet) {
  const auto name = trimmed(account.name);
  const auto space = name.find(' ');
  const bool has_two = space != std::string_view::npos;
  return {{"username", account.id},
          {"email", string_or_null(account.email)},
          {"first_name", string_or_null(name.substr(0, space))},
          {"last_name", string_or_null(has_two ? trimmed(name.substr(space)) : "")},
          {"billing_type", "wallet"},
          {"wallet",
           {{"currency", "usd"},
            {"remaining_balance", money::to_json(wallet.available())},
            {"auto_reload",
             {{"enabled", false}, {"threshold_usd", nullptr}, {"amount_usd", nullptr}}}}},
          {"subscription", nullptr},
          {"usage_based", nullptr}};
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
  return {{"id", entry.seq},
          {"kind", entry.kind},
          {"amount_usd", money::to_json(entry.amount)},
          {"balance_after_usd", money::to_json(entry.balance_after)},
          {"job_id", entry.kind == "capture" ? json::value(entry.reference) : json::value(nullptr)},
          {"reference", entry.reference},
          {"note", string_or_null(entry.note)},
          {"transaction_id", entry.txn_id},
          {"hash", entry.hash},
          {"created_at", entry.created_at_ms / 1000}};
}

std::string_view quantity_unit(const money::PriceBook& prices, std::string_view item) {
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
          {"amount_usd", money::to_json(usage.amount)},
          {"job_id", usage.job_id},
          {"key_id", usage.key_id},
          {"project_id", string_or_null(usage.project_id)},
          {"is_test", usage.is_test},
          {"transaction_id", usage.id},
          {"created_at", usage.created_at_ms / 1000}};
}

json::object total_json(const money::UsageTotal& total, const money::UsageGrouping& grouping,
                        const money::PriceBook& prices) {
  json::object object{{"product", string_or_null(total.product)},
                      {"price_item", string_or_null(total.price_item)},
                      {"jobs", total.jobs},
                      {"quantity", total.quantity},
                      {"unit", string_or_null(quantity_unit(prices, total.price_item))},
                      {"amount_usd", money::to_json(total.amount)}};
  if (grouping.by_key) object["key_id"] = total.key_id;
  if (grouping.by_project) object["project_id"] = string_or_null(total.project_id);
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
