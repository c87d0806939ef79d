#include "storage/sql/wallet_payments.h"

#include "base/bytes.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/outbox.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using money::LedgerEntry;
using money::Money;

struct Sides {
  std::string_view kind;
  std::string_view other;
};

Sides sides_of(PaymentCause cause) {
  switch (cause) {
    case PaymentCause::top_up: return {money::kTopUp, money::kCash};
    case PaymentCause::refund: return {money::kPaymentRefund, money::kCash};
    case PaymentCause::dispute: return {money::kDispute, money::kDisputes};
  }
  return {};
}

}  // namespace

Result<LedgerEntry> move_payment(Connection& connection, const Payment& payment,
                                 std::int64_t now_ms) {
  const Sides sides = sides_of(payment.cause);
  TRY_ASSIGN(auto entry, post(connection,
                              {.wallet_id = payment.account_id,
                               .amount = payment.amount,
                               .unheld = {},
                               .other = sides.other,
                               .kind = sides.kind,
                               .reference = payment.reference,
                               .note = payment.note,
                               .actor = "stripe"},
                              now_ms));
  if (payment.amount < Money{}) {
    TRY(take_from_lots(connection, payment.account_id, -payment.amount));
  } else {
    TRY(add_lot(connection,
                {.wallet_id = payment.account_id,
                 .amount = payment.amount,
                 .terms = {},
                 .txn_id = entry.txn_id},
                now_ms));
  }
  return entry;
}

Result<Money> available_in_wallet(Connection& connection, std::string_view account_id) {
  TRY_ASSIGN(const auto available,
             connection.first("SELECT posted - held FROM wallet WHERE id = $1", {account_id},
                              [](const Row& row) { return Money{row.integer(0)}; }));
  return available.value_or(Money{});
}

Result<std::optional<LedgerEntry>> find_wallet_entry(Connection& connection,
                                                     std::string_view account_id,
                                                     std::string_view kind,
                                                     std::string_view reference) {
  TRY_ASSIGN(const auto txn_id,
             connection.first("SELECT id FROM txn WHERE kind = $1 AND reference = $2",
                              {kind, reference}, [](const Row& row) { return row.integer(0); }));
  if (!txn_id) return std::nullopt;
  return connection.first(
      "SELECT seq, amount, balance_after, hash, created_at_ms, note FROM entry JOIN txn"
      " ON txn.id = entry.txn_id WHERE entry.account_id = $1 AND entry.txn_id = $2",
      {account_id, *txn_id}, [&](const Row& row) {
        Columns columns(row);
        LedgerEntry entry;
        entry.account_id = account_id;
        entry.txn_id = *txn_id;
        entry.kind = kind;
        entry.reference = reference;
        entry.seq = columns.integer();
        entry.amount = columns.money();
        entry.balance_after = columns.money();
        entry.hash = to_hex(columns.text());
        entry.created_at_ms = columns.integer();
        entry.note = columns.text();
        return entry;
      });
}

}  // namespace understudy::storage
