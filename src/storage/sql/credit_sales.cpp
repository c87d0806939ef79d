#include "storage/sql/credit_sales.h"

#include <fmt/format.h>

#include "accounts/plan.h"
#include "storage/sql/lot_steps.h"
#include "storage/sql/wallet_payments.h"
#include "storage/sql/wallet_steps.h"

namespace understudy::storage {

using money::LedgerEntry;
using money::Money;

Result<LedgerEntry> sell_credits(Connection& connection, const money::CreditPurchase& purchase,
                                 std::int64_t now_ms) {
  const std::string reference = "credits:" + purchase.reference;
  const std::string wallet_id = money::credits_wallet(purchase.account_id);
  const Money credits{purchase.credits * accounts::kNanoPerCredit};
  TRY_ASSIGN(auto earlier, find_wallet_entry(connection, wallet_id, money::kGrant, reference));
  if (earlier) {
    if (earlier->amount == credits) return *std::move(earlier);
    return fail(ErrorCode::conflict, "This request was made before, for another number of credits.",
                "credits");
  }
  const std::string note =
      fmt::format("{} add-on credits for {} USD", purchase.credits, money::to_text(purchase.price));
  TRY(expire_lots(connection, purchase.account_id, now_ms));  // what has ended buys nothing
  TRY(post(connection,
           {.wallet_id = purchase.account_id,
            .amount = -purchase.price,
            .unheld = {},
            .other = money::kSales,
            .kind = money::kAdjust,
            .reference = reference,
            .note = note,
            .actor = purchase.actor},
           now_ms));
  TRY(take_from_lots(connection, purchase.account_id, purchase.price));
  TRY_ASSIGN(auto entry, post(connection,
                              {.wallet_id = wallet_id,
                               .amount = credits,
                               .unheld = {},
                               .other = money::kCreditSales,
                               .kind = money::kGrant,
                               .reference = reference,
                               .note = note,
                               .actor = purchase.actor},
                              now_ms));
  TRY(add_lot(connection,
              {.wallet_id = wallet_id,
               .amount = credits,
               .terms = {.source = money::LotSource::add_on, .priority = accounts::kAddOnPriority},
               .txn_id = entry.txn_id},
              now_ms));
  return entry;
}

}  // namespace understudy::storage
