#include "storage/sql/ledger_steps.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/sql/ledger_rows.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/payment_reversals.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {
namespace {

using money::Funding;
using money::LedgerEntry;
using money::Money;

std::string_view kind_of(const Funding& funding) {
  if (funding.source == money::kAdjustment) return money::kAdjust;
  return funding.source == money::kCash ? money::kTopUp : money::kGrant;
}

money::LotTerms terms_of(const Funding& funding) {
  if (funding.terms) return *funding.terms;
  if (funding.source == money::kPromo) return {.source = money::LotSource::promo, .priority = 40};
  if (funding.source == money::kPlan) return {.source = money::LotSource::premium, .priority = 10};
  return {};
}

tl::unexpected<Error> used_before(std::string_view reference) {
  return fail(
      ErrorCode::conflict,
      fmt::format("The reference {} was used before, with another amount or account.", reference),
      "reference");
}

Result<LedgerEntry> same_as(const LedgerEntry& earlier, std::string_view account_id, Money amount,
                            std::string_view reference) {
  if (earlier.account_id == account_id && earlier.amount == amount) return earlier;
  return used_before(reference);
}

Result<Money> amount_of(Connection& connection, const money::Withdrawal& withdrawal) {
  if (withdrawal.lot_priority > 0) {
    TRY_ASSIGN(const Money free,
               free_in_lots(connection, withdrawal.account_id, withdrawal.lot_priority));
    if (withdrawal.up_to_available || withdrawal.amount <= free) {
      return std::min(withdrawal.amount, free);
    }
    return tl::make_unexpected(
        insufficient_credit(withdrawal.amount, free, money::currency_of(withdrawal.account_id)));
  }
  if (!withdrawal.up_to_available) return withdrawal.amount;
  TRY_ASSIGN(
      const auto available,
      connection.first("SELECT posted - held FROM wallet WHERE id = $1", {withdrawal.account_id},
                       [](const Row& row) { return Money{row.integer(0)}; }));
  if (!available) return fail(ErrorCode::not_found, "There is no account with this id.");
  return std::min(withdrawal.amount, *available);
}

struct Charged {
  std::string wallet_id;
  Money captured;
  Money refunded;
  std::int64_t txn_id = 0;
};

Result<Charged> find_charge(Connection& connection, std::string_view job_id) {
  TRY_ASSIGN(auto found,
             connection.first("SELECT wallet_id, captured, refunded, txn.id FROM hold "
                              "JOIN txn ON txn.kind = 'capture' AND txn.reference = hold.job_id "
                              "WHERE job_id = $1 AND state = 'captured'",
                              {job_id}, [](const Row& row) {
                                Columns columns(row);
                                Charged charged;
                                charged.wallet_id = columns.text();
                                charged.captured = columns.money();
                                charged.refunded = columns.money();
                                charged.txn_id = columns.integer();
                                return charged;
                              }));
  if (!found) return fail(ErrorCode::not_found, "There is no charged job with this id.", "job_id");
  return *std::move(found);
}

}  // namespace

Result<void> check(const Funding& funding) {
  if (!money::is_funding_source(funding.source)) {
    return fail(ErrorCode::invalid_parameter, "Money comes from cash, promo, plan or adjustment.",
                "source");
  }
  if (funding.terms && (funding.terms->priority < 1 || funding.terms->priority > 100)) {
    return fail(ErrorCode::invalid_parameter, "A priority is from 1 to 100.", "priority");
  }
  if (funding.reference.empty()) {
    return fail(ErrorCode::invalid_parameter,
                "A payment needs a reference, so that it counts once.", "reference");
  }
  const bool may_be_negative = funding.source == money::kAdjustment;
  if (funding.amount == Money{} || (funding.amount < Money{} && !may_be_negative)) {
    return fail(ErrorCode::invalid_parameter, "The amount of a top-up is above 0 USD.", "amount");
  }
  return {};
}

Result<void> check(const money::Withdrawal& withdrawal) {
  if (withdrawal.amount <= Money{}) {
    return fail(ErrorCode::invalid_parameter, "The amount is above 0 USD.", "amount");
  }
  if (withdrawal.reference.empty()) {
    return fail(ErrorCode::invalid_parameter, "It needs a reference, so that it counts once.",
                "reference");
  }
  const bool is_known =
      (withdrawal.to == money::kCash && withdrawal.kind == money::kPaymentRefund) ||
      (withdrawal.to == money::kDisputes && withdrawal.kind == money::kDispute) ||
      (withdrawal.to == money::kAdjustment && withdrawal.kind == money::kAdjust) ||
      (withdrawal.to == money::kPlan && withdrawal.kind == money::kGrant);
  if (!is_known) {
    return fail(
        ErrorCode::invalid_parameter,
        "Money leaves to cash as a payment's refund, to disputes as a dispute, to a plan as "
        "what it granted, or as an adjustment.",
        "kind");
  }
  return {};
}

Result<void> check(const money::Refund& refund) {
  if (refund.reason.empty()) {
    return fail(ErrorCode::invalid_parameter, "A refund needs a reason.", "reason");
  }
  if (refund.amount && *refund.amount <= Money{}) {
    return fail(ErrorCode::invalid_parameter, "A refund is above 0 USD.", "amount_usd");
  }
  return {};
}

Result<LedgerEntry> add_funding(Connection& connection, const Funding& funding,
                                std::int64_t now_ms) {
  // Before the look: the same payment said twice at once is one effect.
  TRY(lock_account(connection, funding.account_id));
  TRY_ASSIGN(auto earlier, find_entry(connection, kind_of(funding), funding.reference));
  if (earlier) {
    return same_as(*earlier, funding.account_id, funding.amount, funding.reference);
  }
  TRY_ASSIGN(auto entry, post(connection,
                              {.wallet_id = funding.account_id,
                               .amount = funding.amount,
                               .unheld = {},
                               .other = funding.source,
                               .kind = kind_of(funding),
                               .reference = funding.reference,
                               .note = funding.note,
                               .actor = funding.actor},
                              now_ms));
  if (funding.amount < Money{}) {
    TRY(take_from_lots(connection, funding.account_id, -funding.amount));
  } else {
    TRY(add_lot(connection,
                {.wallet_id = funding.account_id,
                 .amount = funding.amount,
                 .terms = terms_of(funding),
                 .txn_id = entry.txn_id},
                now_ms));
  }
  TRY(settle_debts(connection, funding.account_id, now_ms));
  return entry;
}

Result<LedgerEntry> take_withdrawal(Connection& connection, const money::Withdrawal& withdrawal,
                                    std::int64_t now_ms) {
  TRY(lock_account(connection, withdrawal.account_id));
  TRY_ASSIGN(auto earlier, find_entry(connection, withdrawal.kind, withdrawal.reference));
  if (earlier) {
    const bool is_same = earlier->account_id == withdrawal.account_id &&
                         (withdrawal.up_to_available || -earlier->amount == withdrawal.amount);
    if (is_same) return *std::move(earlier);
    return used_before(withdrawal.reference);
  }
  // What has ended is not there any more.
  if (withdrawal.lot_priority > 0) {
    TRY(expire_lots(connection, withdrawal.account_id, now_ms));
  }
  TRY_ASSIGN(const Money amount, amount_of(connection, withdrawal));
  TRY_ASSIGN(auto entry, post(connection,
                              {.wallet_id = withdrawal.account_id,
                               .amount = -amount,
                               .unheld = {},
                               .other = withdrawal.to,
                               .kind = withdrawal.kind,
                               .reference = withdrawal.reference,
                               .note = withdrawal.note,
                               .actor = withdrawal.actor},
                              now_ms));
  TRY(take_from_lots(connection, withdrawal.account_id, amount, withdrawal.lot_priority));
  return entry;
}

Result<LedgerEntry> refund_job(Connection& connection, const money::Refund& refund,
                               std::int64_t now_ms) {
  const std::string& reference = refund.reference.empty() ? refund.job_id : refund.reference;
  TRY_ASSIGN(Charged charged, find_charge(connection, refund.job_id));
  TRY(lock_account(connection, charged.wallet_id));
  TRY_ASSIGN(charged, find_charge(connection, refund.job_id));  // as it is now
  TRY_ASSIGN(auto earlier, find_entry(connection, money::kRefund, reference));
  if (earlier) {
    return same_as(*earlier, charged.wallet_id, refund.amount.value_or(earlier->amount), reference);
  }
  const Money left = charged.captured - charged.refunded;
  const Money amount = refund.amount.value_or(left);
  if (amount > left || amount == Money{}) {
    return fail(ErrorCode::conflict,
                fmt::format("{} USD of this charge are left to refund.", money::to_text(left)),
                "amount_usd");
  }
  TRY_ASSIGN(const auto terms, refund_terms(connection, refund.job_id));
  TRY_ASSIGN(auto entry, post(connection,
                              {.wallet_id = charged.wallet_id,
                               .amount = amount,
                               .unheld = {},
                               .other = money::kRefunds,
                               .kind = money::kRefund,
                               .reference = reference,
                               .note = refund.reason,
                               .actor = refund.actor,
                               .reverses = charged.txn_id},
                              now_ms));
  TRY(add_lot(
      connection,
      {.wallet_id = charged.wallet_id, .amount = amount, .terms = terms, .txn_id = entry.txn_id},
      now_ms));
  TRY(connection.execute("UPDATE hold SET refunded = refunded + $2 WHERE job_id = $1",
                         {refund.job_id, amount}));
  return entry;
}

}  // namespace understudy::storage
