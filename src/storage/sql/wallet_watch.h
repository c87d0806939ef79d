// What of a wallet is told while it is used: "wallet.held", "wallet.captured", "wallet.released"
// when a webhook endpoint listens to them, "wallet.low_balance" when what is available falls below
// the owner's threshold. The wallet's row says what is wanted, so that nothing more is read or
// written for a wallet that nobody watches.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "money/money.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

struct WalletWatch {
  int told = 0;  // kTellsHeld and so on
  std::optional<money::Money> low_below = {};
  std::string account_id = {};
};
inline constexpr int kTellsHeld = 1;
inline constexpr int kTellsCaptured = 2;
inline constexpr int kTellsReleased = 4;

// Its columns in the order of watch_of(): "account_id, told, low_below" of the table wallet.
inline constexpr std::string_view kWatchColumns =
    "wallet.account_id, wallet.told, wallet.low_below";
WalletWatch watch_of(Columns& columns);

// Of who is about to pay. One look for the watch and for what is owed. Errors: insufficient_credit
// (something is owed: nothing new is held).
Result<WalletWatch> find_payer(Connection& connection, std::string_view wallet_id);

// Of a wallet whose holds change.
Result<WalletWatch> find_watch(Connection& connection, std::string_view wallet_id);

// After endpoints of the account changed: who listens to what.
Result<void> refresh_told(Connection& connection, std::string_view account_id);

struct HoldMessage {
  int kind = kTellsHeld;
  std::string_view wallet_id;
  std::string_view job_id;
  money::Money held = {};
  money::Money captured = {};
  std::string_view reason = {};  // of a release: the job's failure code
};
// Writes nothing for a kind that nobody listens to.
Result<void> tell_of_hold(Connection& connection, const WalletWatch& watch,
                          const HoldMessage& message, std::int64_t now_ms);

// When what is available went from `before` to `after`, below the threshold.
Result<void> tell_low_balance(Connection& connection, const WalletWatch& watch,
                              std::string_view wallet_id, money::Money before, money::Money after,
                              std::int64_t now_ms);
// The same after `amount` was held.
Result<void> tell_low_after_hold(Connection& connection, const WalletWatch& watch,
                                 std::string_view wallet_id, money::Money amount,
                                 std::int64_t now_ms);

}  // namespace understudy::storage
