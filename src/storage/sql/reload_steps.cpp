#include "storage/sql/reload_steps.h"

#include "storage/sql/outbox.h"
#include "storage/sql/top_up_rows.h"
#include "storage/sql/wallet_payments.h"
#include "storage/sql/wallet_steps.h"
#include "storage/sql/wallet_watch.h"

namespace understudy::storage {
namespace {

using money::AutoReload;
using money::Money;
using money::TopUp;

std::string account_of(const Row& row) { return std::string(row.text(0)); }

Result<money::ReloadSituation> situation_of(Connection& connection, std::string_view account_id,
                                            std::int64_t now_ms) {
  TRY_ASSIGN(
      auto situation,
      connection.first(
          "SELECT coalesce(sum(CASE WHEN state IN ('creating', 'open', 'processing') THEN amount"
          " ELSE 0 END), 0),"
          " coalesce(sum(CASE WHEN created_at_ms >= $2 THEN amount ELSE 0 END), 0) "
          "FROM top_up WHERE account_id = $1 AND kind = 'auto_reload' "
          "AND state NOT IN ('failed', 'expired')",
          {account_id, money::month_start_ms(now_ms)}, [](const Row& row) {
            return money::ReloadSituation{
                .available = {}, .pending = {row.integer(0)}, .this_month = {row.integer(1)}};
          }));
  if (!situation) situation.emplace();
  TRY_ASSIGN(situation->available, available_in_wallet(connection, account_id));
  return *situation;
}

// Once a month: that the limit stands in the way.
Result<void> tell_limit(Connection& connection, std::string_view account_id,
                        const AutoReload& settings, std::int64_t now_ms) {
  TRY_ASSIGN(const auto told, connection.execute("UPDATE auto_reload SET limit_told_ms = $2 "
                                                 "WHERE account_id = $1 AND limit_told_ms <> $2",
                                                 {account_id, money::month_start_ms(now_ms)}));
  if (told == 0) return {};
  return put_in_outbox(connection, "wallet.reload_failed", account_id,
                       {{"top_up_id", nullptr},
                        {"amount_usd", money::to_json(settings.amount)},
                        {"status", "refused"},
                        {"failure_code", "monthly_limit"},
                        {"monthly_limit_usd", money::to_json(settings.monthly_limit)}},
                       now_ms);
}

}  // namespace

Result<void> write_auto_reload(Connection& connection, std::string_view account_id,
                               const AutoReload& settings, std::int64_t now_ms) {
  TRY(connection.execute(
      "INSERT INTO auto_reload (account_id, is_enabled, threshold, amount, monthly_limit,"
      " updated_at_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET"
      " is_enabled = $2, threshold = $3, amount = $4, monthly_limit = $5, limit_told_ms = 0,"
      " updated_at_ms = $6",
      {account_id, settings.is_enabled ? 1 : 0, settings.threshold, settings.amount,
       settings.monthly_limit, now_ms}));
  return {};
}

Result<void> write_payment_method(Connection& connection, std::string_view account_id,
                                  const AutoReload& from, std::int64_t now_ms) {
  // Another card is a reason to try again at once.
  TRY(connection.execute(
      "UPDATE auto_reload SET blocked_until_ms = CASE payment_method_id WHEN $3 THEN"
      " blocked_until_ms ELSE 0 END, customer_id = $2, payment_method_id = $3,"
      " source_payment_id = $4, updated_at_ms = $5 WHERE account_id = $1",
      {account_id, from.customer_id, from.payment_method_id, from.source_payment_id, now_ms}));
  return {};
}

Result<std::vector<std::string>> find_crossings(Connection& connection, int limit) {
  return connection.all(
      "SELECT auto_reload.account_id FROM auto_reload JOIN wallet"
      " ON wallet.id = auto_reload.account_id WHERE threshold > 0"
      " AND is_low <> (CASE WHEN posted - held < threshold THEN 1 ELSE 0 END) LIMIT $1",
      {limit}, account_of);
}

Result<void> note_crossing(Connection& connection, std::string_view account_id,
                           std::int64_t now_ms) {
  TRY(lock_account(connection, account_id));
  TRY_ASSIGN(const AutoReload settings, find_auto_reload(connection, account_id));
  TRY_ASSIGN(const Money available, available_in_wallet(connection, account_id));
  const bool is_low = available < settings.threshold;
  TRY_ASSIGN(const auto changed,
             connection.execute(
                 "UPDATE auto_reload SET is_low = $2 WHERE account_id = $1 AND is_low <> $2",
                 {account_id, is_low ? 1 : 0}));
  if (changed == 0 || !is_low) return {};
  // The owner's own threshold has told it, with the hold.
  TRY_ASSIGN(const WalletWatch watch, find_watch(connection, account_id));
  if (watch.low_below) return {};
  return put_in_outbox(connection, "wallet.low_balance", account_id,
                       {{"available_usd", money::to_json(available)},
                        {"threshold_usd", money::to_json(settings.threshold)},
                        {"auto_reload_enabled", settings.is_enabled}},
                       now_ms);
}

Result<std::vector<std::string>> find_low(Connection& connection, std::int64_t now_ms, int limit) {
  return connection.all(
      "SELECT auto_reload.account_id FROM auto_reload JOIN wallet"
      " ON wallet.id = auto_reload.account_id WHERE threshold > 0 AND is_enabled = 1"
      " AND posted - held < threshold AND blocked_until_ms <= $1 AND limit_told_ms <> $2"
      " AND NOT EXISTS (SELECT 1 FROM top_up WHERE top_up.account_id = auto_reload.account_id"
      " AND kind = 'auto_reload' AND state IN ('creating', 'open', 'processing'))"
      " AND NOT EXISTS (SELECT 1 FROM wallet_debt"
      " WHERE wallet_debt.account_id = auto_reload.account_id) LIMIT $3",
      {now_ms, money::month_start_ms(now_ms), limit}, account_of);
}

Result<std::optional<TopUp>> start_reload(Connection& connection, const money::ReloadStart& start,
                                          std::int64_t now_ms) {
  TRY(lock_account(connection, start.account_id));
  TRY_ASSIGN(const AutoReload settings, find_auto_reload(connection, start.account_id));
  // The settings changed since the request was written: the next look writes another.
  const bool is_as_written = settings.amount == start.top_up.amount &&
                             settings.payment_method_id == start.top_up.payment_method_id;
  if (!is_as_written) return std::nullopt;
  TRY_ASSIGN(const auto situation, situation_of(connection, start.account_id, now_ms));
  switch (decide_reload(settings, situation, now_ms)) {
    case money::ReloadDecision::nothing: return std::nullopt;
    case money::ReloadDecision::over_monthly_limit:
      TRY(tell_limit(connection, start.account_id, settings, now_ms));
      return std::nullopt;
    case money::ReloadDecision::start: break;
  }
  TRY(insert_top_up(connection, {.top_up = start.top_up, .poll_at_ms = start.poll_at_ms}));
  TRY(put_in_outbox(connection, "wallet.reload_started", start.account_id,
                    {{"top_up_id", start.top_up.id},
                     {"amount_usd", money::to_json(start.top_up.amount)},
                     {"available_usd", money::to_json(situation.available)},
                     {"threshold_usd", money::to_json(settings.threshold)}},
                    now_ms));
  return start.top_up;
}

Result<void> pause_reload(Connection& connection, std::string_view account_id,
                          money::ReversalKind kind, std::int64_t now_ms) {
  TRY(connection.execute(
      "UPDATE auto_reload SET is_enabled = CASE WHEN $2 = 1 THEN 0 ELSE is_enabled END,"
      " blocked_until_ms = $3, last_failure_code = $4 WHERE account_id = $1",
      {account_id, kind == money::ReversalKind::dispute ? 1 : 0, now_ms + money::kDeclineBackOffMs,
       to_string(kind)}));
  return {};
}

Result<void> end_reload(Connection& connection, const TopUp& top_up, std::int64_t now_ms) {
  const bool is_paid = top_up.state == money::TopUpState::paid;
  TRY(connection.execute(
      "UPDATE auto_reload SET blocked_until_ms = $2, last_failure_code = $3 WHERE account_id = $1",
      {top_up.account_id, is_paid ? 0 : now_ms + money::kDeclineBackOffMs, top_up.failure_code}));
  return {};
}

}  // namespace understudy::storage
