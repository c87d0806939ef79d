#include "storage/sql/wallet_watch.h"

#include "jobs/webhook_rules.h"
#include "money/ledger.h"
#include "storage/sql/outbox.h"
#include "storage/sql/payment_reversals.h"
#include "storage/sql/wallet_payments.h"
#include "storage/sql/wallet_steps.h"
#include "storage/sql/webhook_rows.h"

namespace understudy::storage {
namespace {

using money::Money;

struct Told {
  int bit;
  std::string_view topic;
};
constexpr Told kTopics[] = {{kTellsHeld, "wallet.held"},
                            {kTellsCaptured, "wallet.captured"},
                            {kTellsReleased, "wallet.released"}};

std::string_view topic_of(int kind) {
  for (const Told& told : kTopics) {
    if (told.bit == kind) return told.topic;
  }
  return {};
}

// Whether the endpoint hears of such an event, of whatever job.
bool listens_to(jobs::WebhookEndpoint endpoint, std::string_view topic) {
  endpoint.entity_id.clear();
  return jobs::listens(endpoint, {.type = std::string(topic), .is_extension = true});
}

}  // namespace

WalletWatch watch_of(Columns& columns) {
  WalletWatch watch;
  watch.account_id = columns.text();
  watch.told = columns.small();
  const Money low_below = columns.money();
  if (low_below >= Money{}) watch.low_below = low_below;
  return watch;
}

Result<WalletWatch> find_payer(Connection& connection, std::string_view wallet_id) {
  struct Payer {
    WalletWatch watch;
    Money owed;
  };
  static const std::string kSql =
      "SELECT " + std::string(kWatchColumns) +
      ", coalesce(owed, 0) FROM wallet LEFT JOIN wallet_debt"
      " ON wallet_debt.account_id = wallet.account_id WHERE wallet.id = $1";
  TRY_ASSIGN(auto payer, connection.first(kSql, {wallet_id}, [](const Row& row) {
    Columns columns(row);
    Payer found;
    found.watch = watch_of(columns);
    found.owed = columns.money();
    return found;
  }));
  if (!payer) return WalletWatch{};  // the hold says that there is no such wallet
  if (payer->owed > Money{}) return tl::make_unexpected(in_debt(payer->owed));
  return std::move(payer->watch);
}

Result<WalletWatch> find_watch(Connection& connection, std::string_view wallet_id) {
  static const std::string kSql =
      "SELECT " + std::string(kWatchColumns) + " FROM wallet WHERE id = $1";
  TRY_ASSIGN(auto watch, connection.first(kSql, {wallet_id}, [](const Row& row) {
    Columns columns(row);
    return watch_of(columns);
  }));
  return watch.value_or(WalletWatch{});
}

Result<void> refresh_told(Connection& connection, std::string_view account_id) {
  // Of two changes at once the later one sees the earlier.
  TRY(lock_account(connection, account_id));
  TRY_ASSIGN(const auto endpoints, endpoints_of(connection, account_id));
  int told = 0;
  for (const auto& endpoint : endpoints) {
    for (const Told& topic : kTopics) {
      if (listens_to(endpoint, topic.topic)) told |= topic.bit;
    }
  }
  TRY(connection.execute("UPDATE wallet SET told = $2 WHERE account_id = $1 AND told <> $2",
                         {account_id, told}));
  return {};
}

Result<void> tell_of_hold(Connection& connection, const WalletWatch& watch,
                          const HoldMessage& message, std::int64_t now_ms) {
  if ((watch.told & message.kind) == 0) return {};
  const auto amount = [&](std::string_view name) {
    return money::amount_name(name, message.wallet_id);
  };
  json::object payload{{"entity_id", message.job_id},
                       {"job_id", message.job_id},
                       {"currency", money::currency_of(message.wallet_id)}};
  switch (message.kind) {
    case kTellsCaptured:
      payload[amount("captured")] = money::to_json(message.captured);
      payload[amount("released")] = money::to_json(message.held - message.captured);
      break;
    case kTellsReleased:
      payload[amount("released")] = money::to_json(message.held);
      payload["reason"] = string_or_null(message.reason);
      break;
    default: payload[amount("held")] = money::to_json(message.held);
  }
  TRY_ASSIGN(const Money available, available_in_wallet(connection, message.wallet_id));
  payload[amount("available")] = money::to_json(available);
  return put_in_outbox(connection, topic_of(message.kind), watch.account_id, payload, now_ms);
}

Result<void> tell_low_balance(Connection& connection, const WalletWatch& watch,
                              std::string_view wallet_id, Money before, Money after,
                              std::int64_t now_ms) {
  const bool has_crossed =
      watch.low_below && before >= *watch.low_below && after < *watch.low_below;
  if (!has_crossed) return {};
  return put_in_outbox(
      connection, "wallet.low_balance", watch.account_id,
      {{"currency", money::currency_of(wallet_id)},
       {money::amount_name("available", wallet_id), money::to_json(after)},
       {money::amount_name("threshold", wallet_id), money::to_json(*watch.low_below)}},
      now_ms);
}

Result<void> tell_low_after_hold(Connection& connection, const WalletWatch& watch,
                                 std::string_view wallet_id, Money amount, std::int64_t now_ms) {
  if (!watch.low_below) return {};
  TRY_ASSIGN(const Money after, available_in_wallet(connection, wallet_id));
  return tell_low_balance(connection, watch, wallet_id, after + amount, after, now_ms);
}

}  // namespace understudy::storage
