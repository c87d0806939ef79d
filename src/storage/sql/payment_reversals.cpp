#include "storage/sql/payment_reversals.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "storage/sql/outbox.h"
#include "storage/sql/reload_steps.h"
#include "storage/sql/wallet_payments.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using money::Applied;
using money::Debt;
using money::Money;
using money::ReversalKind;
using money::ReversalStage;
using money::TopUp;

struct Reversal {
  std::string id;
  ReversalKind kind = ReversalKind::refund;
  std::string top_up_id;
  std::string account_id;
  ReversalStage stage = ReversalStage::none;
  Money told;
  Money due;
  Money taken;
  Money waived;
  int steps = 0;
};

constexpr std::string_view kSelect =
    "SELECT id, kind, top_up_id, account_id, stage, told, due, taken, waived, steps "
    "FROM payment_reversal ";

Reversal reversal_of(const Row& row) {
  Columns columns(row);
  Reversal read;
  read.id = columns.text();
  read.kind = columns.text() == "refund" ? ReversalKind::refund : ReversalKind::dispute;
  read.top_up_id = columns.text();
  read.account_id = columns.text();
  read.stage = money::reversal_stage_from(columns.text()).value_or(ReversalStage::none);
  read.told = columns.money();
  read.due = columns.money();
  read.taken = columns.money();
  read.waived = columns.money();
  read.steps = columns.small();
  return read;
}

Result<void> write_back(Connection& connection, const Reversal& reversal, std::int64_t now_ms) {
  TRY(connection.execute(
      "UPDATE payment_reversal SET top_up_id = $2, account_id = $3, stage = $4, told = $5, due = $6,"
      " taken = $7, waived = $8, steps = $9, updated_at_ms = $10 WHERE id = $1",
      {reversal.id, reversal.top_up_id, reversal.account_id, to_string(reversal.stage),
       reversal.told, reversal.due, reversal.taken, reversal.waived, reversal.steps, now_ms}));
  return {};
}

// Moves `amount` out of the wallet (negative: back into it), as a further step of the reversal.
Result<void> move(Connection& connection, Reversal& reversal, Money amount, std::int64_t now_ms) {
  ++reversal.steps;
  const std::string reference = fmt::format("{}#{}", reversal.id, reversal.steps);
  const std::string note = fmt::format("Top-up {}", reversal.top_up_id);
  TRY(move_payment(connection,
                   {.account_id = reversal.account_id,
                    .amount = -amount,
                    .cause = reversal.kind == ReversalKind::refund ? PaymentCause::refund
                                                                   : PaymentCause::dispute,
                    .reference = reference,
                    .note = note},
                   now_ms));
  reversal.taken = reversal.taken + amount;
  return {};
}

// What the wallet still has to give for all reversals of one payment is never more than it got.
Result<Money> not_yet_due(Connection& connection, const TopUp& top_up, std::string_view except) {
  TRY_ASSIGN(const auto due, connection.first("SELECT coalesce(sum(due), 0) FROM payment_reversal "
                                              "WHERE top_up_id = $1 AND id <> $2",
                                              {top_up.id, except}, [](const Row& row) {
                                                return Money{row.integer(0)};
                                              }));
  return std::max(top_up.amount - due.value_or(Money{}), Money{});
}

// Sets what is due from what the provider told; gives back what is no longer due.
Result<void> make_due(Connection& connection, Reversal& reversal, const TopUp& top_up,
                      std::int64_t now_ms) {
  reversal.top_up_id = top_up.id;
  reversal.account_id = top_up.account_id;
  const bool is_taken =
      reversal.stage == ReversalStage::taken || reversal.stage == ReversalStage::lost;
  Money due;
  if (is_taken) {
    TRY_ASSIGN(const Money most, not_yet_due(connection, top_up, reversal.id));
    due = std::max(std::min(reversal.told, most), reversal.due);
  }
  const Money back = is_taken ? Money{} : reversal.taken;
  if (back > Money{}) TRY(move(connection, reversal, -back, now_ms));
  if (!is_taken) reversal.waived = {};
  reversal.due = due;
  return write_back(connection, reversal, now_ms);
}

Result<void> tell(Connection& connection, const Reversal& reversal, std::int64_t now_ms) {
  const bool is_refund = reversal.kind == ReversalKind::refund;
  const std::string topic = is_refund                                     ? "wallet.refunded"
                            : reversal.stage == ReversalStage::given_back ? "wallet.dispute_won"
                            : reversal.stage == ReversalStage::lost       ? "wallet.dispute_lost"
                                                                          : "wallet.disputed";
  const Money owed = reversal.due - reversal.taken - reversal.waived;
  return put_in_outbox(connection, topic, reversal.account_id,
                       {{"top_up_id", reversal.top_up_id},
                        {"reversal_id", reversal.id},
                        {"due_usd", money::to_json(reversal.due)},
                        {"taken_usd", money::to_json(reversal.taken)},
                        {"owed_usd", money::to_json(owed)}},
                       now_ms);
}

Result<Reversal> find_or_insert(Connection& connection, const money::ReversalFacts& facts,
                                const std::string& id, std::int64_t now_ms) {
  TRY(
      connection.execute("INSERT INTO payment_reversal (id, kind, payment_id, stage, told,"
                         " created_at_ms, updated_at_ms) VALUES ($1, $2, $3, 'none', 0, $4, $4) "
                         "ON CONFLICT (id) DO NOTHING",
                         {id, to_string(facts.kind), facts.payment_id, now_ms}));
  TRY_ASSIGN(auto found,
             connection.first(std::string(kSelect) + "WHERE id = $1", {id}, reversal_of));
  if (!found) return fail(ErrorCode::storage_failed, "The database could not do this.");
  return *std::move(found);
}

}  // namespace

Result<Applied> book_reversal(Connection& connection, const money::ReversalFacts& facts,
                              const TopUp* top_up, std::int64_t now_ms) {
  const std::string id = fmt::format("{}:{}", to_string(facts.kind), facts.id);
  TRY_ASSIGN(Reversal reversal, find_or_insert(connection, facts, id, now_ms));
  const ReversalStage stage = next_stage(reversal.stage, facts.stage);
  // Refunds are told cumulatively; an older event names less.
  const Money told = std::max(reversal.told, money::from_cents(facts.amount_cents));
  if (stage == reversal.stage && told == reversal.told) return Applied::unchanged;
  reversal.stage = stage;
  reversal.told = told;
  if (top_up == nullptr || top_up->state != money::TopUpState::paid) {
    TRY(write_back(connection, reversal, now_ms));
    return top_up == nullptr ? Applied::unknown : Applied::changed;
  }
  TRY(make_due(connection, reversal, *top_up, now_ms));
  if (stage == ReversalStage::taken || stage == ReversalStage::lost) {
    TRY(pause_reload(connection, top_up->account_id, reversal.kind, now_ms));
  }
  TRY(settle_debts(connection, top_up->account_id, now_ms));
  TRY_ASSIGN(const auto after,
             connection.first(std::string(kSelect) + "WHERE id = $1", {reversal.id}, reversal_of));
  if (after && stage != ReversalStage::none) TRY(tell(connection, *after, now_ms));
  return Applied::changed;
}

Result<void> adopt_reversals(Connection& connection, const TopUp& top_up, std::int64_t now_ms) {
  if (!top_up.payment_id.empty()) {
    TRY_ASSIGN(auto waiting,
               connection.all(std::string(kSelect) + "WHERE payment_id = $1 AND top_up_id = ''",
                              {top_up.payment_id}, reversal_of));
    for (Reversal& reversal : waiting) {
      TRY(make_due(connection, reversal, top_up, now_ms));
    }
  }
  TRY(settle_debts(connection, top_up.account_id, now_ms));
  return {};
}

Result<bool> settle_debts(Connection& connection, std::string_view account_id,
                          std::int64_t now_ms) {
  TRY(lock_account(connection, account_id));
  TRY_ASSIGN(auto open, connection.all(std::string(kSelect) + "WHERE account_id = $1 "
                                                              "AND due > taken + waived "
                                                              "ORDER BY created_at_ms, id",
                                       {account_id}, reversal_of));
  if (!open.empty()) TRY(expire_lots(connection, account_id, now_ms));
  bool has_moved = false;
  Money owed;
  for (Reversal& reversal : open) {
    const Money missing = reversal.due - reversal.taken - reversal.waived;
    TRY_ASSIGN(const Money available, available_in_wallet(connection, account_id));
    const Money amount = std::min(missing, available);
    if (amount > Money{}) {
      TRY(move(connection, reversal, amount, now_ms));
      TRY(write_back(connection, reversal, now_ms));
      has_moved = true;
    }
    owed = owed + missing - std::max(amount, Money{});
  }
  if (owed > Money{}) {
    TRY(
        connection.execute("INSERT INTO wallet_debt (account_id, owed) VALUES ($1, $2) "
                           "ON CONFLICT (account_id) DO UPDATE SET owed = $2",
                           {account_id, owed}));
  } else {
    TRY(connection.execute("DELETE FROM wallet_debt WHERE account_id = $1", {account_id}));
  }
  return has_moved;
}

Result<std::vector<Debt>> find_debts(Connection& connection, std::string_view account_id) {
  return connection.all(std::string(kSelect) +
                            "WHERE account_id = $1 AND due > taken + waived "
                            "ORDER BY created_at_ms, id",
                        {account_id}, [](const Row& row) {
                          const Reversal read = reversal_of(row);
                          return Debt{.id = read.id,
                                      .top_up_id = read.top_up_id,
                                      .kind = read.kind,
                                      .due = read.due,
                                      .taken = read.taken,
                                      .waived = read.waived};
                        });
}

Error in_debt(Money owed) {
  Error error;
  error.code = ErrorCode::insufficient_credit;
  error.message = fmt::format(
      "{} USD of a payment that was refunded or disputed are owed: top up at least as much, or ask "
      "the operator to settle it. What is running goes on.",
      money::to_text(owed));
  error.extra = std::make_shared<const json::object>(json::object{
      {"owed", money::to_json(owed)}, {"missing", money::to_json(owed)}, {"currency", "usd"}});
  return error;
}

}  // namespace understudy::storage
