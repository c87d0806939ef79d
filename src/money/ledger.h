// Ledger rules: double entry, append-only. Nothing here touches a store.
//
// A transaction is a set of entries whose amounts sum to zero. A positive entry adds to an account;
// a wallet's balance is the sum of its entries. Beside the wallets there are these accounts, which
// have entries but no running balance, because one row that every charge updates would put all
// charges in one queue:
//   cash        money paid in from outside         (negative by the money held for customers)
//   promo       credit given away
//   adjustment  corrections by an operator
//   revenue     what completed jobs cost
// The entries of one wallet form a hash chain, so a changed or missing row shows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "money/price_book.h"

namespace understudy::money {

inline constexpr std::string_view kCash = "cash";
inline constexpr std::string_view kPromo = "promo";
inline constexpr std::string_view kAdjustment = "adjustment";
inline constexpr std::string_view kRevenue = "revenue";
bool is_funding_source(std::string_view account);  // what a top-up may come from

// What a completed job costs: the charge for what was delivered, never above its hold.
Money capture_amount(const Price& price, Quantity delivered, Money hold);

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
