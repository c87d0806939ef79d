// Payments as steps on a wallet: the few statements of the ledger that top-ups, refunds and
// disputes need, inside a write. Everything else about the ledger is in wallet_steps.h.
#pragma once

#include <string_view>

#include "money/ledger_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

enum class PaymentCause { top_up, refund, dispute };

struct Payment {
  std::string_view account_id;
  money::Money amount;  // into the wallet; negative: out of it
  PaymentCause cause = PaymentCause::top_up;
  std::string_view reference;  // once per cause
  std::string_view note;
};
// Errors: insufficient_credit (out of it, above what is available), not_found (no wallet).
Result<money::LedgerEntry> move_payment(Connection& connection, const Payment& payment,
                                        std::int64_t now_ms);

Result<money::Money> available_in_wallet(Connection& connection, std::string_view account_id);

// The wallet's entry of a transaction.
Result<std::optional<money::LedgerEntry>> find_wallet_entry(Connection& connection,
                                                            std::string_view account_id,
                                                            std::string_view kind,
                                                            std::string_view reference);

}  // namespace understudy::storage
