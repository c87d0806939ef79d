// LedgerStore: the port for what an account's owner and an operator may do with a wallet beside
// jobs (jobs/job_store.h moves money with jobs). Any thread. Amounts are exact; times are
// milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "money/ledger.h"

namespace understudy::money {

// Money into a wallet, or out of it when the amount is negative (from adjustment only).
struct Funding {
  std::string account_id = {};  // or a wallet's id: credits_wallet(account)
  Money amount = {};
  std::string source = std::string(kCash);  // kCash, kPromo, kAdjustment; kPlan for credits
  // Of the lot that it becomes; the source's usual ones, when empty.
  std::optional<LotTerms> terms = {};
  std::string reference = {};  // of the payment: the same one twice is one effect; never empty
  std::string note = {};       // for people
  std::string actor = {};      // the key that asked for it, or "owner"
};

// Money out of a wallet that is not for work: a payment that was refunded or disputed, credits that
// a plan takes back.
struct Withdrawal {
  std::string account_id = {};
  Money amount = {};                               // above 0
  std::string to = std::string(kCash);             // kCash, kDisputes, kAdjustment or kPlan
  std::string kind = std::string(kPaymentRefund);  // kPaymentRefund, kDispute, kAdjust, kGrant
  std::string reference = {};                      // the same one twice is one effect; never empty
  std::string note = {};
  std::string actor = {};
  bool up_to_available = false;  // take what is there, in place of a refusal
  int lot_priority = 0;          // only out of lots of this priority; 0: of any
};

// What a job cost, given back.
struct Refund {
  std::string job_id = {};
  std::optional<Money> amount = {};  // empty: all that is left of the charge
  std::string reference = {};        // the same one twice is one effect; empty: once per job
  std::string reason = {};           // never empty
  std::string actor = {};
};

struct Lot {
  std::int64_t id = 0;
  std::string wallet_id;
  LotTerms terms;
  Money amount;
  Money remaining;
  Money held;
  std::int64_t created_at_ms = 0;
};

struct LedgerEntry {
  std::string account_id = {};
  std::int64_t seq = 0;  // 1, 2, 3 ... within the account
  std::int64_t txn_id = 0;
  std::string kind = {};       // "top_up", "adjust", "capture"
  std::string reference = {};  // a job id or the payment's reference
  std::string note = {};
  Money amount = {};
  Money balance_after = {};
  std::string hash = {};  // hex
  std::int64_t created_at_ms = 0;
};

struct EntryQuery {
  std::string account_id = {};
  std::string kind = {};                // empty: all
  std::int64_t from_ms = 0;             // inclusive
  std::int64_t until_ms = INT64_MAX;    // exclusive
  std::int64_t before_seq = INT64_MAX;  // newest first: entries with a smaller seq
  int limit = 50;
};

// One charge.
struct UsageRow {
  std::int64_t id = 0;  // of the transaction that captured it
  std::string account_id;
  std::string wallet_id;
  std::string job_id;
  std::string key_id;
  std::string project_id;
  std::string source;    // the program that asked, as it calls itself; often empty
  bool is_test = false;  // computed with a test key, not taken
  std::string product;   // the job's kind
  std::string price_item;
  int price_version = 1;
  std::int64_t quantity = 0;  // ms or count
  Money amount;
  std::int64_t created_at_ms = 0;
};

struct UsageQuery {
  std::string account_id = {};
  std::string product = {};  // empty: all
  std::string key_id = {};
  std::string project_id = {};
  std::string source = {};
  bool is_test = false;
  std::int64_t from_ms = 0;
  std::int64_t until_ms = INT64_MAX;
  std::int64_t before_id = INT64_MAX;  // newest first: rows with a smaller id
  int limit = 50;
};

// The sum over usage that agrees in what it was grouped by; the other fields are empty.
struct UsageTotal {
  std::string product;
  std::string price_item;
  std::string key_id;
  std::string project_id;
  std::string source;
  std::int64_t day_ms = 0;  // midnight UTC
  std::int64_t jobs = 0;
  std::int64_t quantity = 0;
  Money amount;
};

struct UsageGrouping {
  bool by_product = true;  // and price item
  bool by_key = false;
  bool by_project = false;
  bool by_source = false;
  bool by_day = false;
};

// What verify() looked at. One check per invariant.
struct Check {
  std::string name = {};  // "I1"
  std::string rule = {};  // in words
  std::int64_t looked_at = 0;
  std::vector<std::string> broken = {};  // one sentence each, at most kBrokenMax of them
  bool is_ok() const { return broken.empty(); }
};
inline constexpr std::size_t kBrokenMax = 20;

struct VerifyReport {
  std::vector<Check> checks;
  bool is_ok() const;
};
std::string to_text(const VerifyReport& report);  // one line per check, for people

class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  // The entry of the wallet; a repeated reference returns the first one's and changes nothing.
  // Errors: not_found (account), invalid_parameter (amount, source, reference), conflict (the
  // reference was used for another amount or account), insufficient_credit (an adjustment below 0).
  virtual Result<LedgerEntry> fund(const Funding& funding, std::int64_t now_ms) = 0;

  // The entry of the wallet, whose amount says what was taken: 0 with up_to_available and an empty
  // wallet. Errors: as of fund().
  virtual Result<LedgerEntry> withdraw(const Withdrawal& withdrawal, std::int64_t now_ms) = 0;

  // A reversing transaction; the charge itself stays. Errors: not_found (no such charged job),
  // invalid_parameter (amount, reason), conflict (more than is left of the charge, or the reference
  // was used for something else).
  virtual Result<LedgerEntry> refund(const Refund& refund, std::int64_t now_ms) = 0;

  // The lots of a wallet with something left, in the order of spending.
  virtual Result<std::vector<Lot>> lots(std::string_view wallet_id) = 0;

  // Books out what has expired, of all wallets. Returns how many lots.
  virtual Result<int> expire(std::int64_t now_ms) = 0;

  // Below which available amount "wallet.low_balance" is told; empty: never.
  virtual Result<std::optional<Money>> low_balance(std::string_view wallet_id) = 0;  // not_found
  virtual Result<void> set_low_balance(std::string_view wallet_id,
                                       std::optional<Money> threshold) = 0;  // not_found

  virtual Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) = 0;
  virtual Result<std::vector<UsageRow>> usage(const UsageQuery& query) = 0;
  virtual Result<std::vector<UsageTotal>> usage_totals(const UsageQuery& query,
                                                       const UsageGrouping& grouping) = 0;

  // Checks every invariant on one snapshot, while others go on writing.
  virtual Result<VerifyReport> verify() = 0;
};

}  // namespace understudy::money
