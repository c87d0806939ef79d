// Ledger rules: double entry, append-only. Nothing here touches a store.
//
// A transaction is a set of entries whose amounts sum to zero. A positive entry adds to an account;
// a wallet's balance is the sum of its entries. Beside the wallets there are these accounts, which
// have entries but no running balance, because one row that every charge updates would put all
// charges in one queue:
//   cash        money paid in from outside         (negative by the money held for customers)
//   promo       credit given away
//   adjustment  corrections by an operator
//   revenue     what completed jobs cost; revenue.credits: the same in credits of a plan
//   refunds     what was given back of it
//   disputes    what a card holder's bank took back, until the dispute ends
//   breakage    grants that expired
//   plan        credits that a plan allots
//   sales       dollars that add-on credits were sold for; sales.credits: these credits
// The entries of one wallet form a hash chain, so a changed or missing row shows.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "money/price_book.h"

namespace understudy::money {

inline constexpr std::string_view kCash = "cash";
inline constexpr std::string_view kPromo = "promo";
inline constexpr std::string_view kAdjustment = "adjustment";
inline constexpr std::string_view kRevenue = "revenue";
inline constexpr std::string_view kCreditsRevenue = "revenue.credits";
inline constexpr std::string_view kRefunds = "refunds";
inline constexpr std::string_view kDisputes = "disputes";
inline constexpr std::string_view kBreakage = "breakage";
inline constexpr std::string_view kPlan = "plan";
inline constexpr std::string_view kSales = "sales";
inline constexpr std::string_view kCreditSales = "sales.credits";
bool is_house_account(std::string_view account);   // any of these: no account may have such an id
bool is_funding_source(std::string_view account);  // what a top-up may come from

// The kinds of transactions.
inline constexpr std::string_view kTopUp = "top_up";              // money paid in
inline constexpr std::string_view kGrant = "grant";               // credit given: promo, plan
inline constexpr std::string_view kAdjust = "adjust";             // an operator's correction
inline constexpr std::string_view kCapture = "capture";           // a completed job
inline constexpr std::string_view kTestCapture = "test_capture";  // the same with a test key: 0
inline constexpr std::string_view kRefund = "refund";             // of a job, back into the wallet
inline constexpr std::string_view kPaymentRefund = "payment_refund";  // of a payment, out of it
inline constexpr std::string_view kDispute = "dispute";
inline constexpr std::string_view kExpiry = "expiry";

// A wallet holds dollars (the account's own id) or the credits of a plan.
std::string credits_wallet(std::string_view account_id);  // "<account>.credits"
bool is_credits_wallet(std::string_view wallet_id);
std::string_view revenue_of(std::string_view wallet_id);   // kRevenue or kCreditsRevenue
std::string_view currency_of(std::string_view wallet_id);  // "usd" or "credits"
// "amount_usd", "amount_credits": amounts are named with their currency.
std::string amount_name(std::string_view name, std::string_view wallet_id);

// Where a lot of a wallet's money came from and how it is spent: the smaller priority first, then
// what expires first, then the older.
enum class LotSource { paid, promo, refund, premium, add_on };
std::string_view to_string(LotSource source);
std::optional<LotSource> lot_source_from(std::string_view name);

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
struct LotTerms {
  LotSource source = LotSource::paid;
  int priority = 50;  // 1..100
  std::int64_t expires_at_ms = kNever;
};

// What a completed job costs: the price of what was delivered, never above its hold.
Money capture_amount(Money exact_price, Money hold);

// What a job of a test key would have cost. No wallet bounds it, and the sums over an account's
// usage must stay amounts of Money: above 10,000 USD (or credits) it is 10,000.
Money test_amount(Money exact_price);

// What the hash of one wallet entry covers.
struct EntryFacts {
  std::string_view account_id;
  std::int64_t seq = 0;  // 1, 2, 3 ... within the account
  std::int64_t txn_id = 0;
  std::string_view kind;       // of the transaction: "top_up", "capture", "adjust"
  std::string_view reference;  // of the transaction: a job id, a payment's id
  Money amount;
  Money balance_after;
  std::int64_t created_at_ms = 0;
};

// 32 bytes: SHA-256 over the previous entry's hash and this entry's facts. The first entry of a
// wallet has an empty previous hash.
std::string entry_hash(std::string_view previous_hash, const EntryFacts& facts);

bool is_balanced(std::span<const Money> amounts);

}  // namespace understudy::money
